import { expect, test } from 'vitest';
import { CHECKS, PRINCIPLES } from '../../../../shared/opengitops/checks.ts';
import { judgeGitSync, worstOf } from '../../../../shared/opengitops/judge-git-sync.ts';
import { faultsOf, goodFacts } from '../../../support/git-sync-facts.ts';

const probe = {
  answeredMs: { value: 12 },
  repaired: { value: { name: 'ConfigMap shop/a', tookMs: 5 } },
  timeoutMs: 60_000,
};

test('each question is answered once, in the order of the principles, with evidence', () => {
  const findings = judgeGitSync(goodFacts({ more: { probe } }));
  expect(findings.map(({ check }) => check)).toEqual(Object.keys(CHECKS));
  expect([...new Set(findings.map(({ principle }) => principle))]).toEqual([...PRINCIPLES]);
  expect(findings.filter(({ evidence }) => evidence.length === 0 || evidence.includes(''))).toEqual([]);
  expect(faultsOf(findings)).toEqual([]);
});

test('without a probe its two questions are not asked', () => {
  const asked = judgeGitSync(goodFacts()).map(({ check }) => check);
  expect(Object.keys(CHECKS).filter((check) => !asked.includes(check as keyof typeof CHECKS))).toEqual([
    'answers',
    'repair',
  ]);
});

test('what cannot be read passes no question that depends on it', () => {
  const why = 'no rights';
  const unread = { source: { why }, rendered: { why }, owned: { why } };
  expect(
    faultsOf(judgeGitSync(goodFacts({ more: unread }))).map((line) => line.split(' ').slice(0, 2).join(' ')),
  ).toEqual(
    [
      'renders',
      'inventory',
      'secrets',
      'history',
      'signatures',
      'current',
      'equal',
      'unsealed',
      'prune',
      'drift',
      'writers',
    ].map((check) => `${check} unknown:`),
  );
});

test('a failure weighs more than not knowing, that more than a warning, and no answer is no pass', () => {
  const of = (...results: ('pass' | 'warn' | 'fail' | 'unknown')[]) => worstOf(results.map((result) => ({ result })));
  expect([of('pass', 'fail', 'unknown'), of('warn', 'unknown'), of('pass', 'warn'), of('pass'), of()]).toEqual([
    'fail',
    'unknown',
    'warn',
    'pass',
    'unknown',
  ]);
});
