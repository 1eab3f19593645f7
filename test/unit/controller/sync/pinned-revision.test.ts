import { expect, test } from 'vitest';
import { choosePinned } from '../../../../controller/sync/pinned-revision.ts';
import type { HistoryRelation } from '../../../../shared/git/compare-history.ts';
import { GitError } from '../../../../shared/git/errors.ts';
import type { GitSync, GitSyncPin } from '../../../../shared/resources/git-sync.ts';

const GOOD = 'a'.repeat(40);
const BAD = 'b'.repeat(40);
const TIP = 'c'.repeat(40);
const tip = { commit: TIP, revision: `release@2@sha1:${TIP}` };

function gitSync(pin?: GitSyncPin): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'shop', name: 'shop' },
    spec: { source: { url: 'https://git.example.com/shop.git' }, ...(pin === undefined ? {} : { pin }) },
  };
}

/** A repository in which commits have these times, and the tip this relation to what it is compared with. */
function sourceOf(relation: HistoryRelation, times: Readonly<Record<string, number>> = {}) {
  return {
    compareHistory: async () => relation,
    readCommit: async (commit: string) => {
      const committedAt = times[commit];
      if (committedAt === undefined) throw new GitError('GIT_COMMIT_NOT_FOUND', 'cannot fetch the commit');
      return { subject: '', author: '', committedAt, parents: [] };
    },
  };
}

const untouched = {
  compareHistory: () => expect.fail('the history does not matter'),
  readCommit: () => expect.fail('the commits do not matter'),
};

test('without a pin the tip is taken, and nothing else is asked', async () => {
  expect(await choosePinned(untouched, gitSync(), tip)).toEqual({ revision: tip, pin: 'none' });
});

test('a pin is held without a question while the bad commit is the tip, and for ever without one', async () => {
  const revision = { commit: GOOD, revision: `release@2@sha1:${GOOD}` };
  for (const pin of [{ commit: GOOD, until: TIP }, { commit: GOOD }])
    expect(await choosePinned(untouched, gitSync(pin), tip)).toEqual({ revision, pin: 'held' });
});

test('a fixed reference gives the pinned revision no name', async () => {
  const fixed = { commit: TIP, revision: `sha1:${TIP}` };
  const { revision } = await choosePinned(untouched, gitSync({ commit: GOOD }), fixed);
  expect(revision).toEqual({ commit: GOOD, revision: `sha1:${GOOD}` });
});

test.each([
  ['has the bad one in its history', 'descendant', {}, 'released'],
  ['was rewritten, and is later', 'rewritten', { [BAD]: 5, [TIP]: 6 }, 'released'],
  ['lies too far ahead to be compared, and is later', 'unknown', { [BAD]: 5, [TIP]: 6 }, 'released'],
  ['was set back to an earlier one', 'rewritten', { [BAD]: 5, [TIP]: 4 }, 'held'],
  ['was rewritten at the same second', 'rewritten', { [BAD]: 5, [TIP]: 5 }, 'held'],
  ['cannot be compared with a commit that is gone', 'rewritten', { [TIP]: 6 }, 'held'],
] as const)('a tip that %s: %s %j: %s', async (_what, relation, times, pin) => {
  const choice = await choosePinned(sourceOf(relation, times), gitSync({ commit: GOOD, until: BAD }), tip);
  expect(choice.pin).toBe(pin);
  expect(choice.revision.commit).toBe(pin === 'released' ? TIP : GOOD);
});

test('a repository that cannot be read is no answer', async () => {
  const source = {
    compareHistory: async () => Promise.reject(new GitError('GIT_UNREACHABLE', 'cannot fetch')),
    readCommit: untouched.readCommit,
  };
  const choice = choosePinned(source, gitSync({ commit: GOOD, until: BAD }), tip);
  await expect(choice).rejects.toMatchObject({ code: 'GIT_UNREACHABLE' });
});
