import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readGitVersion } from '../../../../shared/git/git-version.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-version-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function pretendGit(output: string): Promise<void> {
  await writeFile(path.join(folder, 'git'), `#!/bin/sh\necho '${output}'\n`);
  await chmod(path.join(folder, 'git'), 0o755);
}

test('readGitVersion reads what distributions print', async () => {
  await pretendGit('git version 2.50.1 (Apple Git-155)');
  expect(await readGitVersion({ PATH: folder })).toBe('2.50.1');
  await pretendGit('git version 3.0.0');
  expect(await readGitVersion({ PATH: folder })).toBe('3.0.0');
});

test.each(['git version 2.35.9', 'git version 1.99.0', 'something else'])(
  'readGitVersion refuses %j',
  async (output) => {
    await pretendGit(output);
    await expect(readGitVersion({ PATH: folder })).rejects.toMatchObject({ code: 'GIT_MISSING' });
  },
);

test('readGitVersion says how to mend a missing git', async () => {
  await expect(readGitVersion({ PATH: folder })).rejects.toMatchObject({
    code: 'GIT_MISSING',
    hint: expect.stringContaining('install git'),
  });
});
