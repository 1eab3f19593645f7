/**
 * @module Writes result files whole or not at all: each goes to a new file in the same folder, is flushed to the disk, and
 * takes the place of the old one in one step. With several files, none is replaced before all of them are on the disk.
 */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { CliError } from './errors.ts';
import { claimUnchanged } from './file-claims.ts';
import { alreadyThere, outputFailed, PartlyWrittenError, replacingFailed } from './output-errors.ts';
import { findTarget, type OutputFile, type Target } from './output-target.ts';
import { describeSystemError, systemCodeOf } from './system-error.ts';

interface Staged extends Target {
  /** The new content, beside the old one; null when the target is no regular file and is written to directly. */
  readonly temporary: string | null;
}

/** A file with new content that is not on the disk yet. */
interface Unflushed {
  readonly file: OutputFile;
  readonly descriptor: number;
}

/** What kept the content of a file from the disk. */
interface FlushFailure {
  readonly file: OutputFile;
  readonly error: unknown;
}

/** Files that are flushed together: file systems write their journal once for what comes at the same time. */
const FLUSHED_TOGETHER = 32;

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
  #unflushed: Unflushed[] = [];
  #flushing: Promise<readonly FlushFailure[]> = Promise.resolve([]);

  /** `signal` stops before the first file is replaced; from then on the writing goes to its end. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Writes `file` beside its target. @throws CliError `CLI_OUTPUT_FAILED`, or the signal's reason */
  async stage(file: OutputFile): Promise<void> {
    this.#signal.throwIfAborted();
    const { staged, descriptor } = prepare(findTarget(file));
    this.#staged.push(staged);
    if (descriptor === null) return;
    this.#unflushed.push({ file, descriptor });
    if (this.#unflushed.length < FLUSHED_TOGETHER) return;
    // One group is flushed while the next is written, which bounds the open files.
    await this.#flushing;
    this.#flush();
  }

  /** Puts every staged file in its place. @throws FileChangedError; CliError `CLI_OUTPUT_FAILED`, or the signal's reason */
  async commit(): Promise<void> {
    try {
      this.#flush();
      const [failure] = await this.#flushing;
      if (failure !== undefined) throw outputFailed(failure.file, describeSystemError(failure.error), failure.error);
      this.#signal.throwIfAborted();
    } catch (error) {
      await this.discard();
      throw error;
    }
    replaceAll(this.#staged);
  }

  /** Removes what was staged; the targets stay as they are. */
  async discard(): Promise<void> {
    this.#flush();
    await this.#flushing;
    this.#staged.forEach(discard);
  }

  #flush(): void {
    const before = this.#flushing;
    const flushes = this.#unflushed.map(flush);
    this.#unflushed = [];
    this.#flushing = Promise.all(flushes).then(async (failures) => [
      ...(await before),
      ...failures.filter((failure) => failure !== null),
    ]);
  }
}

/** `descriptor`: of the new content, to be flushed and closed; null where there is none. */
function prepare(target: Target): { readonly staged: Staged; readonly descriptor: number | null } {
  if (target.existing !== null && !target.existing.isFile()) {
    return { staged: { ...target, temporary: null }, descriptor: null };
  }
  let created: { readonly path: string; readonly descriptor: number } | null = null;
  try {
    created = createBeside(target.path, target.file.access === 'private' ? 0o600 : 0o666);
    writeFileSync(created.descriptor, target.file.content);
    keepOwnership(target, created.path, created.descriptor);
    return { staged: { ...target, temporary: created.path }, descriptor: created.descriptor };
  } catch (error) {
    if (created !== null) {
      closeSync(created.descriptor);
      remove(created.path);
    }
    throw replacingFailed(target.file, error);
  }
}

/** Flushes and closes; resolves to what went wrong, or null. */
function flush({ file, descriptor }: Unflushed): Promise<FlushFailure | null> {
  return new Promise((resolve) => {
    fsync(descriptor, (error) => {
      closeSync(descriptor);
      resolve(error === null ? null : { file, error });
    });
  });
}

/** Opens a file that did not exist before: exclusive creation also refuses a link that somebody planted. */
function createBeside(target: string, mode: number) {
  const base = path.join(path.dirname(target), `.${path.basename(target)}.signet`);
  for (let attempt = 0; ; attempt += 1) {
    const candidate = `${base}-${attempt}`;
    try {
      return { path: candidate, descriptor: openSync(candidate, 'wx', mode) };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST' || attempt >= 100) throw error;
    }
  }
}

function keepOwnership(target: Target, temporary: string, descriptor: number): void {
  if (target.existing === null) return;
  const own = fstatSync(descriptor);
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
