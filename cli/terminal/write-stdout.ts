/** @module Hands a result to standard output, with a failure that says so. */
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { describeSystemError, systemCodeOf } from './system-error.ts';

/** Writes `text` whole. @throws CliError `CLI_OUTPUT_FAILED`; the system's `EPIPE` when nobody reads any more */
export async function writeStdout({ stdout }: Pick<Io, 'stdout'>, text: string): Promise<void> {
  try {
    await stdout.write(text);
  } catch (error) {
    if (systemCodeOf(error) === 'EPIPE') throw error;
    throw new CliError('CLI_OUTPUT_FAILED', `cannot write to standard output: ${describeSystemError(error)}`, {
      cause: error,
    });
  }
}
