/** @module Hands kubeseal's result to standard output, or to the file of `-w`: whole or not at all, and for its owner only. */
import { type ManifestFile, withByteOrderMark } from '../manifests/manifest-files.ts';
import { resolvePath } from '../terminal/io.ts';
import type { OutputFile } from '../terminal/output-target.ts';
import type { Session } from '../terminal/session.ts';
import { writeStdout } from '../terminal/write-stdout.ts';

/** Writes `text` to `file`, or to standard output when it is empty. @throws CliError `CLI_OUTPUT_FAILED`; the system's `EPIPE` */
export function writeOutput(session: Session, text: string, file: string): Promise<void> {
  if (file === '') return writeStdout(session.io, text);
  return writeFile(session, file, { text, access: 'private' });
}

/**
 * Writes the changed text of `file`, which keeps its mode and its byte-order mark.
 * @throws FileChangedError; CliError `CLI_OUTPUT_FAILED`
 */
export function rewriteFile(session: Session, file: ManifestFile, text: string): Promise<void> {
  const { name, bytes } = file.input;
  return writeFile(session, name, { text: withByteOrderMark(file, text), access: 'public', readAs: bytes });
}

async function writeFile(
  { io }: Session,
  file: string,
  { text, ...rest }: { readonly text: string } & Pick<OutputFile, 'access' | 'readAs'>,
): Promise<void> {
  const { writeOutputFiles } = await import('../terminal/output-file.ts');
  await writeOutputFiles([{ name: file, path: resolvePath(io, file), content: text, ...rest }], io.signal);
}
