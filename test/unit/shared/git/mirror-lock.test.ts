import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockMirror } from '../../../../shared/git/mirror-lock.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'signet-lock-'));
  file = path.join(folder, 'x.lock');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('lockMirror writes who holds the lock, and takes it away on release', async () => {
  const lock = await lockMirror(file, { staleAfterMs: 60_000 });
  expect(lock.wasAbandoned).toBe(false);
  expect(await readFile(file, 'utf8')).toBe(String(process.pid));
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
});

test('lockMirror takes over from a process that is gone, and says so', async () => {
  const child = spawn('true');
  await once(child, 'close');
  await writeFile(file, String(child.pid));
  expect((await lockMirror(file, { staleAfterMs: 60_000 })).wasAbandoned).toBe(true);
});

test('lockMirror takes its own id in a lock for that of a predecessor', async () => {
  await writeFile(file, String(process.pid));
  expect((await lockMirror(file, { staleAfterMs: 60_000 })).wasAbandoned).toBe(true);
});

test('lockMirror takes over a lock that is older than any work', async () => {
  await writeFile(file, String(process.ppid));
  await utimes(file, new Date(0), new Date(0));
  expect((await lockMirror(file, { staleAfterMs: 60_000 })).wasAbandoned).toBe(true);
});

test('lockMirror takes over an empty lock only when nobody can be writing it any more', async () => {
  await writeFile(file, '');
  await utimes(file, new Date(), new Date(Date.now() - 30_000));
  expect((await lockMirror(file, { staleAfterMs: 60_000 })).wasAbandoned).toBe(true);
});

test('lockMirror stops waiting with its signal', async () => {
  await writeFile(file, String(process.ppid));
  const attempt = lockMirror(file, { staleAfterMs: 60_000, signal: AbortSignal.timeout(50) });
  await expect(attempt).rejects.toMatchObject({ name: 'AbortError' });
});
