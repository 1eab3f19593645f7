import { expect, test } from 'vitest';
import { inWords, judgePulled } from '../../../../shared/opengitops/judge-pulled.ts';
import { type FactChanges, faultsOf, goodFacts, NOW, OTHER } from '../../../support/git-sync-facts.ts';

const faults = (changes: FactChanges): readonly string[] => faultsOf(judgePulled(goodFacts(changes)));
const tip = (committedMs: number) => ({
  tip: { value: { commit: OTHER, revision: `main@sha1:${OTHER}`, committedMs } },
});

test('a GitSync that is suspended, pinned, on its way out or not looked at follows nothing', () => {
  expect(faults({ spec: { suspend: true } })).toEqual(['follows fail: it is suspended: no commit is looked at']);
  expect(faults({ spec: { pin: { commit: OTHER } } })).toEqual([
    `follows fail: it is pinned to commit ${OTHER}: newer ones are not applied`,
  ]);
  expect(faults({ metadata: { deletionTimestamp: '2026-03-01T11:00:00Z' } })).toEqual([
    'follows fail: it is being deleted',
  ]);
  expect(faults({ status: { observedGeneration: 1 } })).toEqual([
    'follows fail: no controller has looked at its generation 2 yet',
  ]);
  expect(faults({ status: { observedGeneration: -1 } })).toEqual(['follows fail: no controller has looked at it yet']);
});

test('a newer commit may wait for two intervals, and no longer', () => {
  expect(faults({ source: tip(NOW - 119_000) })[0]).toMatch(
    /^current warn: the source names main@sha1:b+, and main@sha1:a+ is applied$/,
  );
  expect(faults({ source: tip(NOW - 121_000) })[0]).toMatch(/^current fail: /);
  expect(faults({ source: tip(NOW - 121_000), spec: { interval: '5m' } })[0]).toMatch(/^current warn: /);
});

test('a newer commit that was refused is a failure at once, and one on its way is not', () => {
  const status = { lastAttemptedRevision: `main@sha1:${OTHER}` };
  const ready = (value: 'False' | 'Unknown') => ({
    conditions: [{ type: 'Ready', status: value, reason: 'RenderFailed', message: 'no', lastTransitionTime: '' }],
  });
  expect(faults({ source: tip(NOW), status: { ...status, ...ready('False') } })[0]).toMatch(/^current fail: /);
  expect(faults({ source: tip(NOW), status: { ...status, ...ready('Unknown') } })[0]).toMatch(/^current warn: /);
});

test('looks that are far apart are a warning, and a probe that nobody answers a failure', () => {
  expect(faults({ spec: { interval: '60m' } })).toEqual([]);
  expect(faults({ spec: { interval: '2h' } })).toEqual(['interval warn: every 2h']);
  expect(faults({ spec: { interval: 'soon' } })).toEqual(['interval fail: soon is no duration']);
  const probe = { answeredMs: { value: null }, repaired: { why: 'none' }, timeoutMs: 60_000 };
  expect(faults({ more: { probe } })).toEqual(['answers fail: asked for a look, and no answer in 60 s']);
});

test('spans of time are told in one unit, and never below nothing', () => {
  expect([-5, 1_499, 119_000, 120_000, 7_200_000, 172_800_000].map(inWords)).toEqual([
    '0 s',
    '1 s',
    '119 s',
    '2 min',
    '2 h',
    '2 d',
  ]);
});
