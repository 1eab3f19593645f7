import { expect, test } from 'vitest';
import { FolderIds, ignorePathsAbove, type WithCommit } from '../../../../shared/git/folder-ids.ts';
import type { ObjectStore } from '../../../../shared/git/object-store.ts';

interface FakeCommit {
  readonly folders: Readonly<Record<string, string>>;
  readonly ignores?: Readonly<Record<string, string>>;
}

function openCommits(commits: Readonly<Record<string, FakeCommit>>): { withCommit: WithCommit; asked: string[] } {
  const asked: string[] = [];
  const withCommit: WithCommit = async (commit, work) => {
    const found = commits[commit];
    if (found === undefined) throw new Error(`no commit ${commit}`);
    const store: Pick<ObjectStore, 'listFolders' | 'listPaths'> = {
      listFolders: async () => {
        asked.push(`folders of ${commit}`);
        return new Map(Object.entries(found.folders));
      },
      listPaths: async (_, paths) => {
        asked.push(`ignore files of ${commit}`);
        const there = paths.filter((path) => found.ignores?.[path] !== undefined);
        return there.map((path) => ({ path, kind: 'file', oid: found.ignores?.[path] ?? '', isNameValid: true }));
      },
    };
    return work(store as ObjectStore);
  };
  return { withCommit, asked };
}

test('a folder is the same where its id is and no ignore file above it has changed', async () => {
  const folders = { '': 'root1', apps: 'apps1', 'apps/one': 'one1', 'apps/two': 'two1' };
  const { withCommit } = openCommits({
    first: { folders },
    second: { folders: { ...folders, '': 'root2', apps: 'apps2', 'apps/one': 'one2' } },
    third: { folders, ignores: { 'apps/.signetignore': 'i1' } },
  });
  const ids = new FolderIds();
  const isSame = (before: string, after: string, folder: string) => ids.isSame(before, after, { folder, withCommit });
  expect(await isSame('first', 'second', 'apps/two')).toBe(true);
  expect(await isSame('first', 'second', 'apps/one')).toBe(false);
  expect(await isSame('first', 'second', '')).toBe(false);
  expect(await isSame('first', 'third', 'apps/two')).toBe(false);
  expect(await isSame('first', 'third', 'apps')).toBe(true);
  expect(await isSame('first', 'third', '')).toBe(true);
  expect(await isSame('first', 'second', 'gone')).toBe(false);
});

test('many folders of one commit are answered by one listing, and a failure is not remembered', async () => {
  const commits: Record<string, FakeCommit> = { first: { folders: { 'apps/one': 'a', 'apps/two': 'b' } } };
  const { withCommit, asked } = openCommits(commits);
  const ids = new FolderIds();
  await expect(ids.isSame('first', 'second', { folder: 'apps/one', withCommit })).rejects.toThrow('no commit second');
  commits['second'] = { folders: { 'apps/one': 'a', 'apps/two': 'c' } };
  const questions = ['apps/one', 'apps/two'].map((folder) => ids.isSame('first', 'second', { folder, withCommit }));
  expect(await Promise.all(questions)).toEqual([true, false]);
  expect(asked.toSorted()).toEqual(
    ['folders of first', 'folders of second', 'ignore files of first', 'ignore files of second'].toSorted(),
  );
});

test('ignore files are looked for in each folder above, from the root on', () => {
  expect(ignorePathsAbove('')).toEqual([]);
  expect(ignorePathsAbove('a/b/c')).toEqual(['.signetignore', 'a/.signetignore', 'a/b/.signetignore']);
});
