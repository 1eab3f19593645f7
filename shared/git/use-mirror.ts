/** @module Gives one user at a time a whole mirror: locked, made when missing, and made anew when it turns out to be damaged. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './errors.ts';
import { runExclusively } from './exclusive.ts';
import type { Mirror } from './mirror.ts';
import { lockMirror } from './mirror-lock.ts';
import { noteMirrorUse } from './sweep-unused.ts';

/** Bounds of one use. */
export interface MirrorUse {
  readonly mirror: Mirror;
  /** A use that takes longer than this was cut off. */
  readonly staleAfterMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * What `work` returns. It may be called twice: a damaged mirror is made anew once, and what fails in a fresh one as well is no matter of the mirror.
 * @throws what `work` throws; GitError when there can be no mirror
 */
export function useMirror<T>(use: MirrorUse, work: () => Promise<T>): Promise<T> {
  return runExclusively(use.mirror.folder, () => workLocked(use, work));
}

async function workLocked<T>(use: MirrorUse, work: () => Promise<T>): Promise<T> {
  const { mirror, staleAfterMs, signal } = use;
  signal?.throwIfAborted();
  await mkdir(path.dirname(mirror.lockFile), { recursive: true, mode: 0o700 });
  const lock = await lockMirror(mirror.lockFile, { staleAfterMs, signal });
  try {
    if (lock.wasAbandoned) await mirror.discard();
    return await workOrRenew(use, work);
  } catch (error) {
    // Git may have been ended in the middle of its work.
    await mirror.sweepResidue();
    throw error;
  } finally {
    await noteMirrorUse(mirror.folder, new Date());
    await lock.release();
  }
}

async function workOrRenew<T>({ mirror, signal }: MirrorUse, work: () => Promise<T>): Promise<T> {
  const state = await mirror.prepare(signal);
  try {
    return await work();
  } catch (error) {
    if (state === 'new' || !canBeDamage(error)) throw error;
    await mirror.discard();
    await mirror.prepare(signal);
    return work();
  }
}

/** Git has more words for a damaged repository than can be listed, so what is none of the known failures counts as one. */
function canBeDamage(error: unknown): boolean {
  return error instanceof GitError && (error.code === 'GIT_MIRROR_DAMAGED' || error.code === 'GIT_FAILED');
}
