import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  isAlive,
  sweepPrivateFolders,
  withPrivateFolder,
  writePrivateFile,
} from '../../../../shared/git/private-files.ts';

let parent: string;

beforeEach(async () => {
  parent = path.join(await mkdtemp(path.join(tmpdir(), 'signet-private-')), 'private');
});

afterEach(() => rm(path.dirname(parent), { recursive: true, force: true }));

test('withPrivateFolder makes folders and files for the owner alone, and removes them', async () => {
  await withPrivateFolder(parent, async (folder) => {
    const file = await writePrivateFile(folder, 'key', 'secret');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(writePrivateFile(folder, 'key', 'again')).rejects.toThrow();
  });
  expect(await readdir(parent)).toEqual([]);
});

test('sweepPrivateFolders removes what others left behind, and nothing that is in use', async () => {
  const child = spawn('true');
  await once(child, 'close');
  const random = '0'.repeat(16);
  const names = [
    `${child.pid}-${random}-${random}`,
    `${process.pid}-${random}-${random}`,
    `${process.ppid}-${random}-${random}`,
    'other',
  ];
  for (const name of names) await mkdir(path.join(parent, name), { recursive: true });
  await withPrivateFolder(parent, async (own) => {
    await sweepPrivateFolders(parent);
    // A predecessor of our own id is gone as well: in a container, every run has the same one.
    expect(new Set(await readdir(parent))).toEqual(new Set([names[2], 'other', path.basename(own)]));
  });
});

test('sweepPrivateFolders minds no missing folder', async () => {
  await expect(sweepPrivateFolders(path.join(parent, 'nowhere'))).resolves.toBeUndefined();
});

test('isAlive knows this process and one that ended', async () => {
  const child = spawn('true');
  await once(child, 'close');
  expect([isAlive(process.pid), isAlive(child.pid!)]).toEqual([true, false]);
});
