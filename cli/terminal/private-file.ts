/**
 * @module A file that nobody else can read, for the time that an editor needs it: in memory where the system offers that, in a folder of its
 * own, and overwritten before it is removed.
 */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  lstatSync,
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
import { describeSystemError } from './system-error.ts';

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

function readBounded(file: string): Uint8Array {
  const { size } = lstatSync(file);
  if (size > MAX_BYTES) throw new CliError('CLI_EDITOR_FAILED', `cannot read the edited text: it has ${size} bytes`);
  return readFileSync(file);
}

function wipeFolder(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) overwrite(path.join(entry.parentPath, entry.name));
  }
  rmSync(folder, { recursive: true, force: true });
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

function failed(error: unknown): CliError {
  return new CliError('CLI_EDITOR_FAILED', `cannot keep a file for the editor: ${describeSystemError(error)}`);
}
