/** @module Asks the person at the terminal. Questions go to stderr, so that a result on stdout stays clean. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { usageError } from './errors.ts';
import type { Io, Terminal } from './io.ts';

type AskingIo = Pick<Io, 'terminal' | 'stderr'>;

/**
 * Asks for a value that is not shown while it is typed. `text` is the question without a colon, and `hint` says how to hand
 * the value over where nobody can be asked. The line may be empty.
 * @throws CliError `CLI_USAGE` when standard input is no terminal, or ends, or for several lines, `CLI_INPUT_TOO_LARGE`; the signal's reason when the user interrupts.
 */
export async function promptHidden(io: AskingIo, text: string, hint?: string): Promise<SecretBytes> {
  const terminal = terminalOf(io, text, hint);
  // Begun before the question shows: what is typed at once must not show either.
  const typed = terminal.readHidden();
  io.stderr.write(`${toPrintableLine(text)}: `);
  try {
    const answer = await typed;
    if (answer === null) throw usageError(`cannot ask for ${quote(text)}: standard input ended`, hint);
    return answer;
  } finally {
    // The key that ended the line was not shown either.
    io.stderr.write('\n');
  }
}

/**
 * Asks for a line that is shown while it is typed; as {@link promptHidden} otherwise.
 * @throws CliError `CLI_USAGE`; the signal's reason when the user interrupts.
 */
export async function promptLine(io: AskingIo, text: string, hint?: string): Promise<string> {
  const terminal = terminalOf(io, text, hint);
  io.stderr.write(`${toPrintableLine(text)}: `);
  const answer = await terminal.readLine();
  if (answer !== null) return answer;
  io.stderr.write('\n');
  throw usageError(`cannot ask for ${quote(text)}: standard input ended`, hint);
}

/**
 * Asks a question that is answered by yes or no; only `y` and `yes` agree. `text` ends in a question mark.
 * @throws CliError `CLI_USAGE` when standard input is no terminal; the signal's reason when the user interrupts.
 */
export async function confirm(io: AskingIo, text: string): Promise<boolean> {
  const terminal = terminalOf(io, text, 'agree beforehand with --yes');
  io.stderr.write(`${toPrintableLine(text)} [y/N] `);
  const answer = await terminal.readLine();
  if (answer === null) io.stderr.write('\n');
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
}

function terminalOf({ terminal }: AskingIo, text: string, hint: string | undefined): Terminal {
  if (terminal !== null) return terminal;
  throw usageError(`cannot ask for ${quote(text)}: standard input is no terminal`, hint);
}

function quote(text: string): string {
  return JSON.stringify(toPrintableLine(text));
}
