/** @module Puts a finished program into the cache whole or not at all. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';

const PART_SUFFIX = '.part';
const ABANDONED_AFTER_MS = 6 * 60 * 60 * 1000;

/**
 * Lets `write` produce a file beside `target`, then makes it executable and renames it to `target` in one step.
 * When `write` throws, nothing of it stays behind. What a killed process left hours ago is removed on the way.
 */
export async function publishExecutable(target: string, write: (partPath: string) => Promise<void>): Promise<void> {
  const folder = path.dirname(target);
  await mkdir(folder, { recursive: true });
  await removeAbandonedParts(folder);
  const partPath = path.join(folder, `.${path.basename(target)}-${randomUUID()}${PART_SUFFIX}`);
  try {
    await write(partPath);
    await chmod(partPath, 0o755);
    await rename(partPath, target);
  } finally {
    await rm(partPath, { force: true });
  }
}

async function removeAbandonedParts(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(PART_SUFFIX)) continue;
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(file, { force: true });
  }
}
