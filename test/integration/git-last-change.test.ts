import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { createGitRepository, type GitTestRepository, makeTemporaryFolder } from '../support/git-repository.ts';

async function world(): Promise<{ remote: GitTestRepository; repository: GitRepository }> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const remote = await createGitRepository(path.join(folder.path, 'remote.git'));
  const repository = openRepository({
    url: remote.url,
    cacheDirectory: path.join(folder.path, 'cache'),
    tenant: 'test',
    environment: { PATH: process.env['PATH'] },
    allowFile: true,
  });
  return { remote, repository };
}

test('the last change of a file is found behind the first cut of the history, and names are taken literally', async () => {
  const { remote, repository } = await world();
  const first = await remote.commit({ 'deploy/old.yaml': 'a: 1\n', 'deploy/[o]ld.yaml': 'a: 1\n' });
  const literal = await remote.commit({ 'deploy/[o]ld.yaml': 'a: 2\n' });
  let tip = literal;
  for (let round = 0; round < 55; round += 1) tip = await remote.commit({ 'deploy/new.yaml': `a: ${round}\n` });
  expect(await repository.findLastChange(tip, 'deploy/new.yaml')).toBe(tip);
  expect(await repository.findLastChange(tip, 'deploy/old.yaml')).toBe(first);
  expect(await repository.findLastChange(tip, 'deploy/[o]ld.yaml')).toBe(literal);
  expect(await repository.findLastChange(tip, 'deploy/none.yaml')).toBeNull();
});

test('a commit is described from the mirror, and a missing one is an error', async () => {
  const { remote, repository } = await world();
  const parent = await remote.commit({ 'a.yaml': 'a: 1\n' });
  const commit = await remote.commit({ 'a.yaml': 'a: 2\n' });
  expect(await repository.readCommit(commit)).toMatchObject({ subject: 'change', author: 'Test', parents: [parent] });
  await expect(repository.readCommit('d'.repeat(40))).rejects.toMatchObject({ code: 'GIT_COMMIT_NOT_FOUND' });
});
