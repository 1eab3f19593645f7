/**
 * @module A file that nobody else can read, for the time that an editor needs it: in memory where the system offers that, in a folder of its
 * own, and overwritten before it is removed.
 */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { describeSystemError, systemCodeOf } from './system-error.ts';

/** An edited text is never longer. */
const MAX_BYTES = 4 * 1024 * 1024;

/** A file while it is there. */
export interface PrivateFile {
  readonly path: string;
  /** What it holds now. @throws CliError `CLI_EDITOR_FAILED` */
  read(): Uint8Array;
}

/**
 * Calls `task` with a file that holds `text`. Whatever happens, everything in its folder is overwritten and removed then, copies
 * that an editor made beside it included.
 * @throws CliError `CLI_EDITOR_FAILED`, and what `task` throws
 */
export async function withPrivateFile<Result>(
  io: Pick<Io, 'env'>,
  { name, text }: { readonly name: string; readonly text: string },
  task: (file: PrivateFile) => Promise<Result>,
): Promise<Result> {
  const folder = createFolder(io);
  try {
    const file = path.join(folder, name);
    attempt(() => writeFileSync(file, text, { mode: 0o600, flag: 'wx' }));
    return await task({ path: file, read: () => attempt(() => readBounded(file)) });
  } finally {
    wipeFolder(folder);
  }
}

/** The user's own folder in memory, then the shared one, then the disk. `mkdtemp` makes a folder for the user alone. */
function createFolder({ env }: Pick<Io, 'env'>): string {
  const places = [env['XDG_RUNTIME_DIR'], '/dev/shm', tmpdir()];
  let failure: unknown;
  for (const place of places) {
    if (place === undefined || !path.isAbsolute(place)) continue;
    try {
      return mkdtempSync(path.join(place, 'signet-edit-'));
    } catch (error) {
      failure = error;
    }
  }
  throw failed(failure);
}

/** An editor may leave anything in place of the file; a pipe must not be waited for. */
function readBounded(file: string): Uint8Array {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw cannotRead('it is no regular file');
    if (stats.size > MAX_BYTES) throw cannotRead(`it has ${stats.size} bytes`);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function wipeFolder(folder: string): void {
  for (const entry of listAll(folder)) {
    if (entry.isFile()) overwrite(path.join(entry.parentPath, entry.name));
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Everything below `folder`; nothing when the editor removed it. */
function listAll(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Best effort: a file system may keep old blocks, which is why memory is preferred. */
function overwrite(file: string): void {
  try {
    const descriptor = openSync(file, 'r+');
    try {
      const { size } = fstatSync(descriptor);
      writeSync(descriptor, new Uint8Array(size));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // It is removed all the same.
  }
}

function attempt<Result>(task: () => Result): Result {
  try {
    return task();
  } catch (error) {
    throw error instanceof CliError ? error : failed(error);
  }
}

function cannotRead(reason: string): CliError {
  return new CliError('CLI_EDITOR_FAILED', `cannot read the edited text: ${reason}`);
}

function failed(error: unknown): CliError {
  return new CliError('CLI_EDITOR_FAILED', `cannot keep a file for the editor: ${describeSystemError(error)}`);
}
