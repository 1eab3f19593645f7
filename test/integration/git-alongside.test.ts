import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openRepository, type RepositoryOptions } from '../../shared/git/open-repository.ts';
import { contentsOf, createGitRepository, makeTemporaryFolder } from '../support/git-repository.ts';

async function setUp(options: Partial<RepositoryOptions> = {}) {
  const folder = await makeTemporaryFolder();
  const remote = await createGitRepository(path.join(folder.path, 'remote.git'));
  return {
    remote,
    repository: openRepository({
      url: remote.url,
      cacheDirectory: path.join(folder.path, 'cache'),
      environment: { PATH: process.env['PATH'] },
      allowFile: true,
      tenant: 'test',
      ...options,
    }),
    /** From now on nothing can be fetched. */
    takeAway: () => rename(remote.folder, `${remote.folder}.gone`),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('one fetch brings the manifests of every folder that is named beside the one that is read', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({
    'apps/a/a.yaml': 'a: 1\n',
    'apps/b/deep/b.yaml': 'b: 1\n',
    'apps/c[1]/c.json': '{"c": 1}\n',
    'apps/unnamed/d.yaml': 'd: 1\n',
  });
  const alongside = () => ['apps/a', './apps/b/', 'apps/c[1]', 'apps/none', '../outside'];
  expect(contentsOf(await bench.repository.readTree(commit, 'apps/a', { alongside }))).toEqual({
    'apps/a/a.yaml': 'a: 1\n',
  });
  await bench.takeAway();
  expect(contentsOf(await bench.repository.readTree(commit, 'apps/b'))).toEqual({ 'apps/b/deep/b.yaml': 'b: 1\n' });
  expect(contentsOf(await bench.repository.readTree(commit, 'apps/c[1]'))).toEqual({
    'apps/c[1]/c.json': '{"c": 1}\n',
  });
  await expect(bench.repository.readTree(commit, 'apps/unnamed')).rejects.toMatchObject({
    code: expect.stringMatching(/^GIT_/),
  });
});

test('the root beside a folder brings all manifests of the commit', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a/a.yaml': 'a: 1\n', 'b/b.yaml': 'b: 1\n' });
  await bench.repository.readTree(commit, 'a', { alongside: () => ['a', ''] });
  await bench.takeAway();
  expect(Object.keys(contentsOf(await bench.repository.readTree(commit, '')))).toEqual(['a/a.yaml', 'b/b.yaml']);
});

test('who reads is not asked for what others want while there is nothing to fetch', async () => {
  await using bench = await setUp();
  const commit = await bench.remote.commit({ 'a/a.yaml': 'a: 1\n', 'b/b.yaml': 'b: 1\n' });
  await bench.repository.readTree(commit, 'a');
  await bench.repository.readTree(commit, 'a', { alongside: () => expect.fail('there is nothing to fetch') });
});

test('files of others that are too large hold nobody up, and are not tried for again', async () => {
  await using bench = await setUp({ limits: { maxCommitTransferBytes: 1024 * 1024 } });
  const commit = await bench.remote.commit({
    'a/a.yaml': 'a: 1\n',
    'b/b.yaml': 'b: 1\n',
    'large/noise.yaml': randomBytes(3 * 1024 * 1024),
  });
  const read = (folder: string, alongside: () => readonly string[]) =>
    bench.repository.readTree(commit, folder, { alongside });
  expect(contentsOf(await read('a', () => ['b', 'large']))).toEqual({ 'a/a.yaml': 'a: 1\n' });
  const again = () => expect.fail('it was too much before');
  expect(contentsOf(await read('b', again))).toEqual({ 'b/b.yaml': 'b: 1\n' });
});
