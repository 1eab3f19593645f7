import { expect, test } from 'vitest';
import { assertNotRewritten, describeSource, type HistorySource } from '../../../../controller/sync/check-history.ts';
import type { GitReference, GitSync } from '../../../../shared/resources/git-sync.ts';

const [OLD, NEW] = ['a'.repeat(40), 'b'.repeat(40)];
const revision = { commit: NEW, revision: `main@sha1:${NEW}` };

function gitSync(ref: GitReference | undefined, status: Partial<GitSync['status']> = {}): GitSync {
  const source = { url: 'https://git.example.com/a.git', ...(ref && { ref }) };
  const base = { apiVersion: 'signet.dev/v1alpha1', kind: 'GitSync', spec: { source } } as const;
  const metadata = { namespace: 'n', name: 'app', annotations: { 'signet.dev/accept-rewrite': 'c'.repeat(40) } };
  const lastAppliedSource = describeSource({ ...base, metadata });
  return { ...base, metadata, status: { lastAppliedRevision: `main@sha1:${OLD}`, lastAppliedSource, ...status } };
}

function history(relation: 'descendant' | 'rewritten' | 'unknown', parents: readonly string[] = []): HistorySource {
  return {
    readCommit: async () => ({ subject: '', author: '', committedAt: 0, parents }),
    compareHistory: async () => relation,
  };
}

test.each(['rewritten', 'unknown'] as const)(
  'a history that is %s is refused, with both commits and the way on',
  async (relation) => {
    const attempt = assertNotRewritten(gitSync({ branch: 'main' }), history(relation), revision);
    await expect(attempt).rejects.toMatchObject({ refusal: { reason: 'HistoryRewritten', outlook: 'poll' } });
    for (const part of [OLD, NEW, `gitsync -n n app signet.dev/accept-rewrite=${NEW}`])
      await expect(attempt).rejects.toThrow(part);
  },
);

test('what follows from the last commit passes, and a child of it without a look at the history', async () => {
  await assertNotRewritten(gitSync(undefined), history('descendant'), revision);
  await assertNotRewritten(gitSync(undefined), history('rewritten', [OLD]), revision);
});

test.each<[string, GitSync]>([
  ['a tag', gitSync({ tag: 'v1' })],
  ['a range', gitSync({ semver: '1.x' })],
  ['a commit', gitSync({ commit: NEW })],
  ['another source', gitSync({ branch: 'main' }, { lastAppliedSource: 'https://git.example.com/b.git branch main' })],
  ['a status of before there was a source', gitSync({ branch: 'main' }, { lastAppliedSource: '' })],
  ['the same commit', gitSync({ branch: 'main' }, { lastAppliedRevision: `main@sha1:${NEW}` })],
])('%s is compared with nothing', async (_, object) => {
  await assertNotRewritten(object, history('rewritten'), revision);
});

test('describeSource tells references of the same name apart', () => {
  const sources = [{}, { branch: 'x' }, { tag: 'x' }, { semver: 'x' }, { commit: 'x' }].map((ref) =>
    describeSource(gitSync(ref)),
  );
  expect(new Set(sources).size).toBe(5);
});
