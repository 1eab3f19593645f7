/**
 * @module Writes result files whole or not at all: each goes to a new file in the same folder, is flushed to the disk, and
 * takes the place of the old one in one step. With several files, none is replaced before all of them are on the disk.
 */
import { constants, type Stats } from 'node:fs';
import { access, chmod, chown, lstat, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { CliError } from './errors.ts';
import { describeSystemError, systemCodeOf } from './system-error.ts';

/** One file to write. */
export interface OutputFile {
  /** How messages call it. */
  readonly name: string;
  /** Absolute. A symbolic link stays one: the file that it points to is written. */
  readonly path: string;
  readonly content: string;
  /**
   * `public`: an existing file keeps its mode, a new one gets what the umask leaves of 0666. `private`: 0600, whatever it
   * was before.
   */
  readonly access: 'public' | 'private';
}

/** What stands at a path now, behind symbolic links. */
interface Target {
  readonly file: OutputFile;
  readonly path: string;
  readonly existing: Stats | null;
}

interface Prepared extends Target {
  /** The new content, beside the old one; null when the target is no regular file and is written to directly. */
  readonly temporary: string | null;
}

const PARALLEL_WRITES = 16;

/**
 * Writes `files`. When one of them cannot be prepared, nothing has changed and nothing is left behind.
 * @param signal stops before the first file is replaced; from then on the writing goes to its end.
 * @throws CliError `CLI_OUTPUT_FAILED`, or the signal's reason.
 */
export async function writeOutputFiles(files: readonly OutputFile[], signal: AbortSignal): Promise<void> {
  const prepared: Prepared[] = [];
  try {
    const targets = await Promise.all(files.map(findTarget));
    for (let at = 0; at < targets.length; at += PARALLEL_WRITES) {
      signal.throwIfAborted();
      const results = await Promise.allSettled(targets.slice(at, at + PARALLEL_WRITES).map(prepare));
      prepared.push(...results.filter((result) => result.status === 'fulfilled').map((result) => result.value));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    }
    signal.throwIfAborted();
  } catch (error) {
    await Promise.all(prepared.map(discard));
    throw error;
  }
  await replaceAll(prepared);
}

async function findTarget(file: OutputFile): Promise<Target> {
  try {
    const target = await realpath(file.path);
    const existing = await stat(target);
    if (existing.isDirectory()) throw outputFailed(file, 'it is a directory');
    // Taking the file's place needs no right to write it; whoever took that right away meant something by it.
    await access(target, constants.W_OK);
    return { file, path: target, existing };
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (systemCodeOf(error) !== 'ENOENT') throw outputFailed(file, describeSystemError(error), error);
    if (await isLink(file.path)) throw outputFailed(file, 'it is a symbolic link to nothing', error);
    return { file, path: file.path, existing: null };
  }
}

async function isLink(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isSymbolicLink();
  } catch {
    return false;
  }
}

async function prepare(target: Target): Promise<Prepared> {
  if (target.existing !== null && !target.existing.isFile()) return { ...target, temporary: null };
  let temporary: string | null = null;
  try {
    const created = await createBeside(target.path, target.file.access === 'private' ? 0o600 : 0o666);
    temporary = created.path;
    try {
      await created.file.writeFile(target.file.content);
      await created.file.sync();
    } finally {
      await created.file.close();
    }
    await keepOwnership(target, temporary);
    return { ...target, temporary };
  } catch (error) {
    if (temporary !== null) await unlink(temporary).catch(() => undefined);
    throw outputFailed(target.file, describeSystemError(error), error);
  }
}

/** Opens a file that did not exist before: exclusive creation also refuses a link that somebody planted. */
async function createBeside(target: string, mode: number) {
  const base = path.join(path.dirname(target), `.${path.basename(target)}.signet`);
  for (let attempt = 0; ; attempt += 1) {
    const candidate = `${base}-${attempt}`;
    try {
      return { path: candidate, file: await open(candidate, 'wx', mode) };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST' || attempt >= 100) throw error;
    }
  }
}

async function keepOwnership(target: Target, temporary: string): Promise<void> {
  if (target.existing === null) return;
  const own = await stat(temporary);
  if (own.uid !== target.existing.uid || own.gid !== target.existing.gid) {
    // Only root may give files away; a file in a shared folder then simply becomes the user's.
    await chown(temporary, target.existing.uid, target.existing.gid).catch(() => undefined);
  }
  if (target.file.access === 'public') await chmod(temporary, target.existing.mode & 0o7777);
}

async function replaceAll(prepared: readonly Prepared[]): Promise<void> {
  let done = 0;
  try {
    for (const one of prepared) {
      await (one.temporary === null ? writeDirectly(one) : rename(one.temporary, one.path));
      done += 1;
    }
  } catch (error) {
    const failed = prepared[done];
    await Promise.all(prepared.slice(done).map(discard));
    const before = done === 0 ? '' : `; ${done} of ${prepared.length} files were written before it`;
    throw outputFailed(failed?.file, `${describeSystemError(error)}${before}`, error);
  }
}

/** A device or a pipe takes the text itself: putting a file in its place would destroy it. */
async function writeDirectly(target: Prepared): Promise<void> {
  const file = await open(target.path, 'w');
  try {
    await file.writeFile(target.file.content);
  } finally {
    await file.close();
  }
}

async function discard(prepared: Prepared): Promise<void> {
  if (prepared.temporary !== null) await unlink(prepared.temporary).catch(() => undefined);
}

function outputFailed(file: OutputFile | undefined, reason: string, cause?: unknown): CliError {
  return new CliError('CLI_OUTPUT_FAILED', `cannot write "${file?.name ?? ''}": ${reason}`, { cause });
}
