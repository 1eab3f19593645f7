import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardTransfer } from '../../../../shared/git/transfer-guard.ts';

let mirror: string;
let packs: string;

beforeEach(async () => {
  mirror = await mkdtemp(path.join(tmpdir(), 'signet-guard-'));
  packs = path.join(mirror, 'objects', 'pack');
  await mkdir(packs, { recursive: true });
  await writeFile(path.join(packs, 'old.pack'), 'x'.repeat(5000));
});

afterEach(() => rm(mirror, { recursive: true, force: true }));

test('guardTransfer lets through what stays below the limit, whatever was there before', async () => {
  const result = await guardTransfer(mirror, 1000, async () => {
    await writeFile(path.join(packs, 'new.pack'), 'x'.repeat(900));
    return 'done';
  });
  expect(result).toBe('done');
});

test('guardTransfer refuses a transfer that was too fast to be stopped', async () => {
  const attempt = guardTransfer(mirror, 1000, () => writeFile(path.join(packs, 'new.pack'), 'x'.repeat(2000)));
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TREE_TOO_LARGE' });
});

test('guardTransfer stops a transfer under way', async () => {
  const attempt = guardTransfer(mirror, 1000, async (signal) => {
    await writeFile(path.join(packs, 'tmp_pack_x'), 'x'.repeat(2000));
    // The guard may have seen the file before it was closed.
    signal.throwIfAborted();
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TREE_TOO_LARGE' });
});

test('guardTransfer passes on the signal of its caller', async () => {
  const reason = new Error('stopping');
  const attempt = guardTransfer(mirror, 1000, async (signal) => signal.throwIfAborted(), AbortSignal.abort(reason));
  await expect(attempt).rejects.toBe(reason);
});

test('guardTransfer stops one that hands out a single object without an end', async () => {
  const attempt = guardTransfer(mirror, 1000, async (signal) => {
    await mkdir(path.join(mirror, 'objects', 'ab'));
    await writeFile(path.join(mirror, 'objects', 'ab', 'cdef.temp'), 'x'.repeat(2000));
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
      setTimeout(resolve, 30_000).unref();
    });
  });
  await expect(attempt).rejects.toMatchObject({ code: 'GIT_TREE_TOO_LARGE' });
}, 60_000);
