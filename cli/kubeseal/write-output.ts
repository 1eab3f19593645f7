/** @module Hands kubeseal's result to standard output, or to the file of `-w`: whole or not at all, and for its owner only. */
import { CliError } from '../terminal/errors.ts';
import { resolvePath } from '../terminal/io.ts';
import type { OutputFile } from '../terminal/output-file.ts';
import type { Session } from '../terminal/session.ts';
import { describeSystemError, systemCodeOf } from '../terminal/system-error.ts';
import type { InputText } from './read-input.ts';

/** Writes `text` to `file`, or to standard output when it is empty. @throws CliError `CLI_OUTPUT_FAILED`; the system's `EPIPE` */
export async function writeOutput(session: Session, text: string, file: string): Promise<void> {
  if (file !== '') return writeFile(session, file, { text, access: 'private' });
  try {
    await session.io.stdout.write(text);
  } catch (error) {
    if (systemCodeOf(error) === 'EPIPE') throw error;
    throw new CliError('CLI_OUTPUT_FAILED', `cannot write to standard output: ${describeSystemError(error)}`, {
      cause: error,
    });
  }
}

/**
 * Writes the changed text of the file that was read as `input`, which keeps its mode.
 * @throws FileChangedError; CliError `CLI_OUTPUT_FAILED`
 */
export function rewriteFile(session: Session, input: InputText, text: string): Promise<void> {
  return writeFile(session, input.name, { text, access: 'public', readAs: input.bytes });
}

async function writeFile(
  { io }: Session,
  file: string,
  { text, ...rest }: { readonly text: string } & Pick<OutputFile, 'access' | 'readAs'>,
): Promise<void> {
  const { writeOutputFiles } = await import('../terminal/output-file.ts');
  await writeOutputFiles([{ name: file, path: resolvePath(io, file), content: text, ...rest }], io.signal);
}
