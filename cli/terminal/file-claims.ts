/**
 * @module Files that are about to be replaced, and must still hold what was read of them. Whoever replaces one that way claims it
 * for that moment by a file beside it, so that of two who have read the same only one writes.
 */
import { closeSync, linkSync, lstatSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { equalBytes } from '../../shared/encoding/bytes.ts';
import { CliError } from './errors.ts';
import { outputFailed, replacingFailed } from './output-errors.ts';
import { describeSystemError, systemCodeOf } from './system-error.ts';

/** A file that is about to be replaced. */
export interface ReadFile {
  /** How messages call it. */
  readonly name: string;
  /** Absolute, with symbolic links resolved. */
  readonly path: string;
  /** What it held when it was read. */
  readonly readAs: Uint8Array;
  /** Its new content, already beside it. */
  readonly temporary: string;
}

/** The file is not as it was read; whoever reads it again may try again. The code is `CLI_OUTPUT_FAILED`. */
export class FileChangedError extends CliError {
  constructor(name: string, reason: string) {
    super('CLI_OUTPUT_FAILED', `cannot write "${name}": ${reason}`, {
      hint: 'nothing was written: look at what others changed, and run the command again',
    });
  }
}

/** Claims last for the time of a few renames; one that is older was left behind by a process that was killed. */
const CLAIM_LASTS_MS = 10_000;

/**
 * Claims all of `files` and compares them with what was read. The result gives the claims up.
 * @throws FileChangedError; CliError `CLI_OUTPUT_FAILED` for what cannot be claimed or read; nothing is claimed then
 */
export function claimUnchanged(files: readonly ReadFile[]): () => void {
  const claims: string[] = [];
  const release = (): void => {
    for (const claim of claims) rmSync(claim, { force: true });
  };
  try {
    for (const file of files) claims.push(claim(file));
    for (const file of files) {
      if (!isAsRead(file)) throw new FileChangedError(file.name, 'it was changed meanwhile');
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

function claim(file: ReadFile): string {
  const place = path.join(path.dirname(file.path), `.${path.basename(file.path)}.signet-lock`);
  for (let attempt = 0; ; attempt += 1) {
    try {
      linkOrCreate(file.temporary, place);
      return place;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw replacingFailed(file, error);
    }
    if (attempt > 0 || !removeAbandoned(place, file.temporary)) {
      throw new FileChangedError(file.name, 'somebody else is writing it now');
    }
  }
}

/** A second name for the new content takes no new file, which would cost several times as much. */
function linkOrCreate(temporary: string, place: string): void {
  try {
    linkSync(temporary, place);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw error;
    // There are file systems without links.
    closeSync(openSync(place, 'wx', 0o600));
  }
}

/**
 * The age is told by the file system's own clock: `temporary` has just been made. False for a claim that may still hold. One that is the
 * only name of some content was left behind: for as long as it holds, that content has another name.
 */
function removeAbandoned(place: string, temporary: string): boolean {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return true;
  const isAlone = found.size > 0 && found.nlink === 1;
  // Not the age of the content: that a name was added to it counts.
  if (!isAlone && statSync(temporary).mtimeMs - found.ctimeMs < CLAIM_LASTS_MS) return false;
  rmSync(place, { force: true });
  return true;
}

function isAsRead({ name, path: file, readAs }: ReadFile): boolean {
  try {
    return statSync(file).size === readAs.length && equalBytes(readFileSync(file), readAs);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false;
    throw outputFailed({ name }, describeSystemError(error), error);
  }
}
