import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GitRunner } from '../../../../shared/git/git-runner.ts';
import { readGitVersion } from '../../../../shared/git/git-version.ts';
import { openRepository } from '../../../../shared/git/open-repository.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-version-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const git = () => new GitRunner({ PATH: folder }, 10_000);

async function pretendGit(output: string): Promise<void> {
  await writeFile(path.join(folder, 'git'), `#!/bin/sh\necho '${output}'\n`);
  await chmod(path.join(folder, 'git'), 0o755);
}

test('readGitVersion reads what distributions print', async () => {
  await pretendGit('git version 2.50.1 (Apple Git-155)');
  expect(await readGitVersion(git())).toBe('2.50.1');
  await pretendGit('git version 3.0.0');
  expect(await readGitVersion(git())).toBe('3.0.0');
});

test.each(['git version 2.35.9', 'git version 1.99.0', 'something else'])(
  'readGitVersion refuses %j',
  async (output) => {
    await pretendGit(output);
    await expect(readGitVersion(git())).rejects.toMatchObject({ code: 'GIT_MISSING' });
  },
);

test('readGitVersion says how to mend a missing git', async () => {
  await expect(readGitVersion(git())).rejects.toMatchObject({
    code: 'GIT_MISSING',
    hint: expect.stringContaining('install git'),
  });
});

test('a repository is not asked through a git that would ignore the settings that keep it safe', async () => {
  const repository = openRepository({
    url: 'https://git.example.com/shop.git',
    cacheDirectory: path.join(folder, 'cache'),
    tenant: 'shop',
    environment: { PATH: `${folder}${path.delimiter}/usr/bin${path.delimiter}/bin` },
  });
  await pretendGit('git version 2.30.0');
  await expect(repository.resolve({})).rejects.toMatchObject({ code: 'GIT_MISSING' });
  await expect(repository.readTree('a'.repeat(40), '')).rejects.toMatchObject({ code: 'GIT_MISSING' });
  await pretendGit('git version 2.36.0');
  await expect(repository.resolve({})).rejects.toMatchObject({ code: 'GIT_REF_NOT_FOUND' });
});
