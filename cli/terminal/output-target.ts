/** @module Files that are to be written, and what stands in their places: behind links, in pipes, or nothing. */
import { accessSync, constants, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { CliError } from './errors.ts';
import { alreadyThere, outputFailed } from './output-errors.ts';
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
export interface Target {
  readonly file: OutputFile;
  readonly path: string;
  readonly existing: Stats | null;
}

/** The place where the content of `file` belongs. @throws CliError `CLI_OUTPUT_FAILED` when it cannot be written */
export function findTarget(file: OutputFile): Target {
  try {
    // Where a folder on the way is a link, the file beside the target is reached by the same way.
    const found = lstatSync(file.path);
    const target = found.isSymbolicLink() ? realpathSync.native(file.path) : file.path;
    const existing = found.isSymbolicLink() ? statSync(target) : found;
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
