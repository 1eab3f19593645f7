/** @module Hands a verb's result to standard output, or to the file of `-w`. */
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { writeStdout } from '../terminal/write-stdout.ts';

/** A finished result and where it goes. */
export interface Result {
  readonly text: string;
  /** What `-w` named; absent or `-`: standard output. */
  readonly file: string | undefined;
  readonly access: 'public' | 'private';
}

/** Writes `result` whole. @throws CliError `CLI_OUTPUT_FAILED`; the system's `EPIPE` when nobody reads standard output any more. */
export async function writeResult({ io }: Session, result: Result): Promise<void> {
  const { text, file, access } = result;
  if (file === undefined || file === '-') return writeStdout(io, text);
  const { writeOutputFiles } = await import('../terminal/output-file.ts');
  await writeOutputFiles([{ name: file, path: resolvePath(io, file), content: text, access }], io.signal);
}
