/**
 * @module Reads what the user names: files, directories, standard input. Sizes are bounded before anything is read, and
 * what cannot be read is reported, never skipped. Files are read
 * synchronously: nothing else is going on then, and Node's promises for files take a tenth of a start to load.
 */
import {
  closeSync,
  createReadStream,
  type Dirent,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { concatBytes } from '../../shared/encoding/bytes.ts';
import { CliError } from './errors.ts';
import { type Io, resolvePath } from './io.ts';
import { describeSystemError } from './system-error.ts';

/** Largest input that is read: many times what a cluster takes as one object, and far below what exhausts memory. */
export const MAX_INPUT_BYTES = 32 * 1024 * 1024;

/** The name that stands for standard input. */
export const STDIN_NAME = '-';

/** One input, read whole. */
export interface InputFile {
  /** How messages call it: the path as the user gave it or found below it, or `stdin`. */
  readonly name: string;
  /** Absolute path with symbolic links resolved, where it leads to something that has a path; absent for standard input. */
  readonly path?: string;
  readonly bytes: Uint8Array;
  /** True when the user named a directory and this file was found in it. */
  readonly isFromDirectory: boolean;
}

/** Where an input lies, not yet read. */
export interface InputPlace {
  readonly name: string;
  readonly path: string;
  readonly isFromDirectory: boolean;
}

const MANIFEST = /\.(ya?ml|json)$/i;

// Tool folders hold no manifests of the user's, and a repository's own data must never be rewritten.
const SKIPPED_FOLDERS = new Set(['node_modules']);

/** True when `name` is a directory; false also for what cannot be looked at, which reading it will report. */
export function isDirectory(io: Io, name: string): boolean {
  return statSync(resolvePath(io, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** True when both paths lead to one file that exists, directly or through symbolic links. */
export function isSameFile(a: string, b: string): boolean {
  const [first, second] = [a, b].map((file) => statSync(file, { throwIfNoEntry: false }));
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

/**
 * The files that `name` stands for: itself, or every `.yaml`, `.yml` and `.json` file below it, sorted by path. Below a directory,
 * symbolic links, `node_modules` and folders whose name starts with a dot are left out.
 * @throws CliError `CLI_INPUT_UNREADABLE`
 */
export function findInputs(io: Io, name: string): readonly InputPlace[] {
  const stats = statInput(io, name);
  const absolute = realPathOf(resolvePath(io, name), stats);
  if (!stats.isDirectory()) return [{ name, path: absolute, isFromDirectory: false }];
  const found: InputPlace[] = [];
  walk({ name, path: absolute }, found);
  return found;
}

/** The folder that an input counts as lying in: its own, and `cwd` for standard input and pipes, whose names say nothing of theirs. */
export function folderOf({ path: place, isFromDirectory }: InputFile, cwd: string): string {
  if (place === undefined) return cwd;
  // What was found in a directory is a regular file, and a look at each of a thousand takes its time.
  const isFile = isFromDirectory || statSync(place, { throwIfNoEntry: false })?.isFile() !== false;
  return isFile ? path.dirname(place) : cwd;
}

/** The content of `place`. @throws CliError `CLI_INPUT_UNREADABLE`, `CLI_INPUT_TOO_LARGE` */
export async function readInputFile(place: InputPlace): Promise<InputFile> {
  return { ...place, bytes: await readBounded(place) };
}

/** The file `name`, or standard input for `-`; null for a directory. @throws CliError `CLI_INPUT_UNREADABLE`, `CLI_INPUT_TOO_LARGE` */
export async function readOneInput(io: Io, name: string): Promise<InputFile | null> {
  if (name === STDIN_NAME) return readStdin(io);
  const [place] = findInputs(io, name);
  return place === undefined || place.isFromDirectory ? null : readInputFile(place);
}

/** Standard input to its end. @throws CliError `CLI_INPUT_UNREADABLE`, `CLI_INPUT_TOO_LARGE` */
export async function readStdin(io: Io): Promise<InputFile> {
  try {
    return { name: 'stdin', bytes: await collectBytes('stdin', io.stdin), isFromDirectory: false };
  } catch (error) {
    throw error instanceof CliError ? error : unreadable('stdin', error);
  }
}

async function readBounded(place: InputPlace): Promise<Uint8Array> {
  try {
    const file = openSync(place.path, 'r');
    try {
      const stats = fstatSync(file);
      if (stats.size > MAX_INPUT_BYTES) throw tooLarge(place.name, stats.size);
      // Only a regular file knows its size beforehand; a pipe is read piece by piece.
      if (stats.isFile() && stats.size > 0) return readFileSync(file);
      return await collectBytes(place.name, createReadStream('', { fd: file, autoClose: false }));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof CliError ? error : unreadable(place.name, error);
  }
}

async function collectBytes(name: string, pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of pieces) {
    size += part.length;
    if (size > MAX_INPUT_BYTES) throw tooLarge(name, null);
    parts.push(part);
  }
  return concatBytes(parts);
}

function walk(folder: { name: string; path: string }, found: InputPlace[]): void {
  for (const entry of listFolder(folder)) {
    const inner = { name: path.join(folder.name, entry.name), path: path.join(folder.path, entry.name) };
    if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED_FOLDERS.has(entry.name)) walk(inner, found);
    else if (entry.isFile() && MANIFEST.test(entry.name)) found.push({ ...inner, isFromDirectory: true });
  }
}

function listFolder(folder: { name: string; path: string }): readonly Dirent[] {
  try {
    const entries = readdirSync(folder.path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(folder.name, error);
  }
}

/**
 * The system's names for open files, as shells use them for `<(…)`, are links to what has no path, or no longer: only the name itself
 * opens that.
 */
function realPathOf(absolute: string, stats: Stats): string {
  if (!stats.isFile() && !stats.isDirectory()) return absolute;
  try {
    return realpathSync(absolute);
  } catch {
    return absolute;
  }
}

function statInput(io: Io, name: string): Stats {
  try {
    return statSync(resolvePath(io, name));
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): CliError {
  return new CliError('CLI_INPUT_UNREADABLE', `cannot read "${name}": ${describeSystemError(error)}`, { cause: error });
}

function tooLarge(name: string, size: number | null): CliError {
  const found = size === null ? 'it is larger' : `it has ${Math.ceil(size / 1024 / 1024)} MiB`;
  return new CliError(
    'CLI_INPUT_TOO_LARGE',
    `cannot read "${name}": ${found}, at most ${MAX_INPUT_BYTES / 1024 / 1024} MiB are read`,
  );
}
