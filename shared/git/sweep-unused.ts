/** @module Takes mirrors out of the cache folder that nobody has used for long: their repositories are gone from every GitSync, or have another address. */
import { readdir, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { runExclusively } from './exclusive.ts';
import { discardFolder } from './mirror.ts';
import { lockMirror } from './mirror-lock.ts';

/** A mirror that was not used for so many days is removed. What comes back is fetched anew. */
const UNUSED_AFTER_DAYS = 14;

const DAY_MS = 24 * 60 * 60_000;

/** Notes that the mirror at `folder` is in use, by the time of the folder. Never rejects. */
export async function noteMirrorUse(folder: string, now: Date): Promise<void> {
  await utimes(folder, now, now).catch(() => undefined);
}

/**
 * Removes what was not used since {@link UNUSED_AFTER_DAYS} before `nowMs`. Nothing is removed while somebody works on it: each mirror is locked, and looked at again
 * under its lock. `staleAfterMs` is that of the lock. Never rejects: what cannot be removed now is tried again by the next sweep.
 */
export async function sweepUnusedMirrors(
  cacheDirectory: string,
  times: { readonly nowMs: number; readonly staleAfterMs: number },
): Promise<void> {
  const folder = path.join(cacheDirectory, 'mirrors');
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.git'))) {
    const mirror = path.join(folder, name);
    if (await isUnused(mirror, times.nowMs)) await removeLocked(mirror, times).catch(() => undefined);
  }
}

function removeLocked(
  mirror: string,
  { nowMs, staleAfterMs }: { readonly nowMs: number; readonly staleAfterMs: number },
): Promise<void> {
  return runExclusively(mirror, async () => {
    const lock = await lockMirror(`${mirror}.lock`, { staleAfterMs });
    try {
      if (await isUnused(mirror, nowMs)) await discardFolder(mirror);
    } finally {
      await lock.release();
    }
  });
}

async function isUnused(mirror: string, nowMs: number): Promise<boolean> {
  const usedAtMs = await stat(mirror).then(
    (found) => found.mtimeMs,
    () => null,
  );
  return usedAtMs !== null && nowMs - usedAtMs > UNUSED_AFTER_DAYS * DAY_MS;
}
