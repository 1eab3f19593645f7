import { expect, test } from 'vitest';
import { findRollbackTarget } from '../../../../cli/connect/rollback-target.ts';
import type { GitSync, SyncHistoryEntry } from '../../../../shared/resources/git-sync.ts';

function id(begin: string): string {
  return begin.padEnd(40, '0');
}

/** A GitSync with a history of `revision result` words, the newest first. */
function gitSync(...entries: readonly (readonly [string, string])[]): GitSync {
  const history = entries.map(([commit, result]): SyncHistoryEntry => {
    const counts = { created: 0, changed: 0, pruned: 0, failed: 0 };
    const times = { startedAt: '2030-01-01T00:00:00Z', duration: '1.000s' };
    return { revision: `main@sha1:${id(commit)}`, generation: 1, ...times, ...counts, result };
  });
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'shop', name: 'shop' },
    spec: { source: { url: 'https://git.example.com/shop.git' } },
    status: { history },
  };
}

const A = 'aaaaaaa1';
const B = 'bbbbbbb1';
const C = 'ccccccc1';

test.each([
  [
    '-1',
    [
      [C, 'Applied'],
      [B, 'Applied'],
      [A, 'Applied'],
    ],
    B,
  ],
  [
    '-2',
    [
      [C, 'Applied'],
      [B, 'Applied'],
      [A, 'Applied'],
    ],
    A,
  ],
  [
    '-1',
    [
      [C, 'Applied'],
      [B, 'RenderFailed'],
      [A, 'Applied'],
    ],
    A,
  ],
  [
    '-1',
    [
      [C, 'ApplyFailed'],
      [B, 'Applied'],
      [A, 'Applied'],
    ],
    B,
  ],
  [
    '-1',
    [
      [B, 'Applied'],
      [B, 'Applied'],
      [A, 'Applied'],
    ],
    A,
  ],
  [
    '-1',
    [
      [B, 'Pinned'],
      [C, 'Applied'],
      [B, 'Applied'],
      [A, 'Applied'],
    ],
    A,
  ],
  [
    '-1',
    [
      [A, 'Applied'],
      [B, 'Applied'],
      [A, 'Applied'],
    ],
    B,
  ],
] as const)('%s of the history %j is %s', (word, history, commit) => {
  expect(findRollbackTarget(gitSync(...history), word).commit).toBe(id(commit));
});

test('a commit is found by its begin, in any case of letters, with the entry in which it was in place', () => {
  const sync = gitSync([B, 'ApplyFailed'], [A, 'ApplyFailed'], [A, 'Applied']);
  expect(findRollbackTarget(sync, 'AAAAAAA')).toMatchObject({ commit: id(A), entry: { result: 'Applied' } });
  expect(findRollbackTarget(sync, B)).toMatchObject({ commit: id(B), entry: { result: 'ApplyFailed' } });
});

test('a full id is taken although the history does not have it, in both lengths', () => {
  expect(findRollbackTarget(gitSync(), 'f'.repeat(40))).toEqual({ commit: 'f'.repeat(40) });
  expect(findRollbackTarget(gitSync(), 'F'.repeat(64))).toEqual({ commit: 'f'.repeat(64) });
});

test.each([
  ['-3', 'CLI_OBJECT_NOT_FOUND', 'it does not reach that far'],
  ['-0', 'CLI_USAGE', 'it is no commit'],
  ['-100', 'CLI_USAGE', 'it is no commit'],
  ['main', 'CLI_USAGE', 'it is no commit'],
  ['aaaaaa', 'CLI_USAGE', 'it is no commit'],
  ['--upload-pack=x', 'CLI_USAGE', 'it is no commit'],
  ['ddddddd', 'CLI_OBJECT_NOT_FOUND', 'the history has no such commit'],
  ['abababab', 'CLI_USAGE', 'several commits begin like this'],
])('%s is refused with %s: %s', (word, code, message) => {
  const sync = gitSync([B, 'Applied'], [A, 'Applied'], ['abababab1', 'Applied'], ['abababab2', 'Applied']);
  const history = word === '-3' ? gitSync([B, 'Applied'], [A, 'Applied']) : sync;
  expect(() => findRollbackTarget(history, word)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(message) }),
  );
});

test('a status that nobody wrote, and revisions that are none, are no history', () => {
  const { status: _none, ...bare } = gitSync();
  expect(() => findRollbackTarget(bare, '-1')).toThrow('it does not reach that far');
  const odd = gitSync([A, 'Applied']);
  const history = odd.status!.history!.map((entry) => ({ ...entry, revision: 'main@sha1:--help' }));
  expect(() => findRollbackTarget({ ...odd, status: { history } }, '-1')).toThrow('it does not reach that far');
});
