/** @module Why a result file could not be written, in words. */
import { CliError } from './errors.ts';
import { describeSystemError, systemCodeOf } from './system-error.ts';

/** A file, as far as messages need it. */
interface NamedFile {
  readonly name: string;
}

/** Of several files some were written before one failed. Every other `CLI_OUTPUT_FAILED` means that none was. */
export class PartlyWrittenError extends CliError {
  constructor(failure: CliError, done: number, all: number) {
    super(failure.code, `${failure.message}; ${done} of ${all} files were written before it`, {
      cause: failure.cause,
      ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    });
  }
}

/** Faults for which the right to write a file is not enough, since another one is put in its place. */
const OF_THE_FOLDER = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']);
const WRITABLE_FOLDER =
  'files are replaced whole: their folder must be writable, and a file must not be a mount of its own';

/** The file may not be there, and is. */
export function alreadyThere(file: NamedFile): CliError {
  return new CliError('CLI_OUTPUT_FAILED', `cannot write "${file.name}": it exists already`, {
    hint: 'name a new file: this one is never overwritten',
  });
}

/** The new content could not be put beside the file, or in its place. */
export function replacingFailed(file: NamedFile | undefined, cause: unknown): CliError {
  const hint = OF_THE_FOLDER.has(systemCodeOf(cause) ?? '') ? { hint: WRITABLE_FOLDER } : {};
  const message = `cannot write "${file?.name ?? ''}": ${describeSystemError(cause)}`;
  return new CliError('CLI_OUTPUT_FAILED', message, { cause, ...hint });
}

/** The file cannot be written, for `reason`. */
export function outputFailed(file: NamedFile, reason: string, cause?: unknown): CliError {
  return new CliError('CLI_OUTPUT_FAILED', `cannot write "${file.name}": ${reason}`, { cause });
}
