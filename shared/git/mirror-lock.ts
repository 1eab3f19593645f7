/** @module A file that says who works on a mirror. One that is left behind tells the next user that the mirror was left half done. */
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './private-files.ts';

/** How a lock was got: whether somebody before was cut off in the middle of the work. */
export interface MirrorLock {
  readonly wasAbandoned: boolean;
  release(): Promise<void>;
}

/** Bounds of the wait for another process. */
export interface LockOptions {
  /** A lock older than this is abandoned, whoever holds it: every work on a mirror ends within it. */
  readonly staleAfterMs: number;
  readonly signal?: AbortSignal | undefined;
}

const LOOK_EVERY_MS = 100;

/** Takes the lock `file`. Within a process the caller sees to it that nobody holds it; another live process is waited for. */
export async function lockMirror(file: string, options: LockOptions): Promise<MirrorLock> {
  let wasAbandoned = false;
  while (!(await tryCreate(file))) {
    if (await isAbandoned(file, options.staleAfterMs)) {
      wasAbandoned = true;
      await takeAway(file);
    } else {
      await delay(LOOK_EVERY_MS, undefined, options.signal === undefined ? {} : { signal: options.signal });
    }
  }
  return { wasAbandoned, release: () => rm(file, { force: true }) };
}

async function tryCreate(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(file: string, staleAfterMs: number): Promise<boolean> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    const pid = Number.parseInt(text, 10);
    const age = Date.now() - mtimeMs;
    // Containers start with the same process ids again: our own id in a lock that we do not hold is that of a predecessor.
    if (pid === process.pid || age > staleAfterMs) return true;
    // An empty file is one that is being written just now, or one whose writer was cut off.
    return Number.isInteger(pid) ? !isAlive(pid) : age > LOOK_EVERY_MS * 10;
  } catch {
    return false;
  }
}

/** By renaming, which only one of several takers can do. */
async function takeAway(file: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
