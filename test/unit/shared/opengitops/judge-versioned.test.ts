import { expect, test } from 'vitest';
import { judgeVersioned } from '../../../../shared/opengitops/judge-versioned.ts';
import type { GitSyncSource } from '../../../../shared/resources/git-sync.ts';
import { COMMIT, type FactChanges, faultsOf, goodFacts } from '../../../support/git-sync-facts.ts';

const faults = (changes: FactChanges): readonly string[] => faultsOf(judgeVersioned(goodFacts(changes)));

function following(source: Partial<GitSyncSource>): readonly string[] {
  return faults({ spec: { source: { url: 'https://example.com/shop.git', ...source } } });
}

const UNSIGNED = 'signatures warn: no signature is asked for: who may push decides alone';

test('a revision that is no commit is found', () => {
  expect(faults({ status: { lastAppliedRevision: 'main' }, more: { applied: null } })).toContain(
    'commit fail: main names no commit',
  );
});

test('a commit that the source lost, a rewritten history, and one too long to tell are three things', () => {
  expect(faults({ source: { hasApplied: { value: false } } })).toEqual([
    `history fail: the source does not have commit ${COMMIT} any more`,
  ]);
  expect(faults({ source: { relation: { value: 'rewritten' } } })).toEqual([
    `history fail: the history was rewritten: commit ${COMMIT} is not in that of main@sha1:${COMMIT}`,
  ]);
  expect(faults({ source: { relation: { value: 'unknown' } } })[0]).toMatch(/^history unknown: .* is too long/);
  expect(faults({ source: { hasApplied: { why: 'no answer' } } })).toEqual(['history unknown: no answer']);
});

test('a tag is firm only where the tag itself is signed, and a commit always', () => {
  const secretRef = { name: 'signers' };
  expect(following({ ref: { commit: COMMIT } })).toEqual([UNSIGNED]);
  expect(following({ ref: { branch: 'main' } })).toEqual([UNSIGNED]);
  expect(following({ ref: { tag: 'v1' } })[0]).toMatch(/^reference warn: tag v1 can be moved/);
  expect(following({ ref: { semver: '1.x' }, verify: { mode: 'Head', secretRef } })[0]).toMatch(
    /^reference warn: tags in the range 1\.x can be moved/,
  );
  expect(following({ ref: { semver: '1.x' }, verify: { mode: 'Tag', secretRef } })).toEqual([]);
});

test('a rewritten history that somebody accepted leaves its mark', () => {
  const annotations = { 'signet.dev/accept-rewrite': COMMIT };
  expect(faults({ metadata: { annotations } })).toEqual([
    `reference warn: somebody accepted a rewritten history at commit ${COMMIT}`,
  ]);
});

test('an applied commit whose signature does not count any more is found', () => {
  expect(faults({ source: { signature: { value: false } } })[0]).toMatch(/^signatures fail: /);
  expect(faults({ source: { signature: { why: 'no Secret' } } })).toEqual(['signatures unknown: no Secret']);
});
