/**
 * @module Writes result files whole or not at all: each goes to a new file in the same folder, is flushed to the disk, and
 * takes the place of the old one in one step. With several files, none is replaced before all of them are on the disk.
 */
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { CliError } from './errors.ts';
import { claimUnchanged } from './file-claims.ts';
import { alreadyThere, outputFailed, PartlyWrittenError, replacingFailed } from './output-errors.ts';
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
  /** A file that is there already is an error; a device or a pipe is none. Default: its place is taken. */
  readonly isNew?: boolean;
  /** What was read of the file and led to `content`: the file must be a regular one, and still hold it. Default: it may hold anything. */
  readonly readAs?: Uint8Array;
}

/** What stands at a path now, behind symbolic links. */
interface Target {
  readonly file: OutputFile;
  readonly path: string;
  readonly existing: Stats | null;
}

interface Staged extends Target {
  /** The new content, beside the old one; null when the target is no regular file and is written to directly. */
  readonly temporary: string | null;
  /** Why the new content is not on the disk; null when it is. */
  readonly flushed: Promise<unknown>;
}

/** Files that wait for the disk at the same time. */
const PARALLEL_FLUSHES = 32;

/**
 * Writes `files`. When one of them cannot be prepared or is not as it was read, nothing has changed and nothing is left behind.
 * @param signal stops before the first file is replaced; from then on the writing goes to its end.
 * @throws FileChangedError; CliError `CLI_OUTPUT_FAILED`, or the signal's reason.
 */
export async function writeOutputFiles(files: readonly OutputFile[], signal: AbortSignal): Promise<void> {
  const batch = new OutputBatch(signal);
  try {
    for (const file of files) await batch.stage(file);
  } catch (error) {
    await batch.discard();
    throw error;
  }
  await batch.commit();
}

/**
 * Files that are written together: each is staged beside its target as soon as it is known, and all of them take their
 * places at the end. Whoever stages calls {@link commit} or {@link discard}.
 */
export class OutputBatch {
  readonly #signal: AbortSignal;
  readonly #staged: Staged[] = [];

  /** `signal` stops before the first file is replaced; from then on the writing goes to its end. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Writes `file` beside its target. @throws CliError `CLI_OUTPUT_FAILED`, or the signal's reason */
  async stage(file: OutputFile): Promise<void> {
    this.#signal.throwIfAborted();
    this.#staged.push(prepare(findTarget(file)));
    // Bounds the open files, and lets work that was started before go on.
    await this.#staged.at(-PARALLEL_FLUSHES)?.flushed;
  }

  /** Puts every staged file in its place. @throws FileChangedError; CliError `CLI_OUTPUT_FAILED`, or the signal's reason */
  async commit(): Promise<void> {
    try {
      for (const { file, flushed } of this.#staged) {
        const error = await flushed;
        if (error !== null) throw outputFailed(file, describeSystemError(error), error);
      }
      this.#signal.throwIfAborted();
    } catch (error) {
      await this.discard();
      throw error;
    }
    replaceAll(this.#staged);
  }

  /** Removes what was staged; the targets stay as they are. */
  async discard(): Promise<void> {
    await Promise.all(this.#staged.map(({ flushed }) => flushed));
    this.#staged.forEach(discard);
  }
}

function findTarget(file: OutputFile): Target {
  try {
    const target = realpathSync.native(file.path);
    const existing = statSync(target);
    if (existing.isDirectory()) throw outputFailed(file, 'it is a directory');
    if (file.isNew === true && existing.isFile()) throw alreadyThere(file);
    if (file.readAs !== undefined && !existing.isFile()) throw outputFailed(file, 'it is no regular file');
    // Taking the file's place needs no right to write it; whoever took that right away meant something by it.
    accessSync(target, constants.W_OK);
    return { file, path: target, existing };
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (systemCodeOf(error) !== 'ENOENT') throw outputFailed(file, describeSystemError(error), error);
    return findNameless(file, error);
  }
}

/** Of what has no path of its own: a file that is to be made, or a pipe behind one of the system's names for open files. */
function findNameless(file: OutputFile, cause: unknown): Target {
  if (!isLink(file.path)) return { file, path: file.path, existing: null };
  const existing = statSync(file.path, { throwIfNoEntry: false });
  if (existing === undefined || existing.isFile()) {
    throw outputFailed(file, 'it is a symbolic link to nothing', cause);
  }
  if (file.readAs !== undefined) throw outputFailed(file, 'it is no regular file');
  return { file, path: file.path, existing };
}

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function prepare(target: Target): Staged {
  if (target.existing !== null && !target.existing.isFile()) {
    return { ...target, temporary: null, flushed: Promise.resolve(null) };
  }
  let created: { readonly path: string; readonly file: number } | null = null;
  try {
    created = createBeside(target.path, target.file.access === 'private' ? 0o600 : 0o666);
    writeFileSync(created.file, target.file.content);
    keepOwnership(target, created.path, created.file);
    return { ...target, temporary: created.path, flushed: flush(created.file) };
  } catch (error) {
    if (created !== null) {
      closeSync(created.file);
      remove(created.path);
    }
    throw replacingFailed(target.file, error);
  }
}

/** Flushes and closes; resolves to what went wrong, or null. */
function flush(file: number): Promise<unknown> {
  return new Promise((resolve) => {
    fsync(file, (error) => {
      closeSync(file);
      resolve(error);
    });
  });
}

/** Opens a file that did not exist before: exclusive creation also refuses a link that somebody planted. */
function createBeside(target: string, mode: number) {
  const base = path.join(path.dirname(target), `.${path.basename(target)}.signet`);
  for (let attempt = 0; ; attempt += 1) {
    const candidate = `${base}-${attempt}`;
    try {
      return { path: candidate, file: openSync(candidate, 'wx', mode) };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST' || attempt >= 100) throw error;
    }
  }
}

function keepOwnership(target: Target, temporary: string, file: number): void {
  if (target.existing === null) return;
  const own = fstatSync(file);
  const { uid, gid, mode } = target.existing;
  if (own.uid !== uid || own.gid !== gid) {
    try {
      chownSync(temporary, uid, gid);
    } catch {
      // Only root may give files away; a file in a shared folder then simply becomes the user's.
    }
  }
  if (target.file.access === 'public' && own.mode !== mode) chmodSync(temporary, mode & 0o7777);
}

function replaceAll(staged: readonly Staged[]): void {
  const release = claimThose(staged);
  let done = 0;
  try {
    for (const one of staged) {
      if (one.temporary === null) writeFileSync(one.path, one.file.content);
      else takePlace(one, one.temporary);
      done += 1;
    }
  } catch (error) {
    staged.slice(done).forEach(discard);
    const failure = error instanceof CliError ? error : replacingFailed(staged[done]?.file, error);
    throw done === 0 ? failure : new PartlyWrittenError(failure, done, staged.length);
  } finally {
    release();
  }
}

/** From here until the result is called, nobody else who reads and replaces these files gets in between. */
function claimThose(staged: readonly Staged[]): () => void {
  try {
    return claimUnchanged(
      staged.flatMap(({ file: { name, readAs }, path: place, temporary }) =>
        readAs === undefined || temporary === null ? [] : [{ name, path: place, readAs, temporary }],
      ),
    );
  } catch (error) {
    staged.forEach(discard);
    throw error;
  }
}

function takePlace({ file, path: target }: Staged, temporary: string): void {
  if (file.isNew !== true) {
    renameSync(temporary, target);
    return;
  }
  try {
    linkOrCopy(temporary, target);
  } catch (error) {
    throw systemCodeOf(error) === 'EEXIST' ? alreadyThere(file) : error;
  }
  remove(temporary);
}

/** Unlike a rename it fails when somebody was faster; the copy is for file systems without links. */
function linkOrCopy(temporary: string, target: string): void {
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw error;
    copyFileSync(temporary, target, constants.COPYFILE_EXCL);
  }
}

function discard({ temporary }: Staged): void {
  if (temporary !== null) remove(temporary);
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // It is gone, or cannot go: what is reported is why it was to go.
  }
}
