/** @module Runs the user's editor on a file and waits for it. There is no shell in between. */
import { spawn } from 'node:child_process';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';
import { describeSystemError } from './system-error.ts';

type EditorIo = Pick<Io, 'env' | 'cwd' | 'signal' | 'holdInterrupts'>;

const FALLBACK = 'vi';

/** The editor's words: of VISUAL, else of EDITOR, else vi. @throws CliError `CLI_EDITOR_FAILED` for words that name no program */
export function editorCommand({ env }: Pick<Io, 'env'>): readonly [string, ...string[]] {
  const [name, text] =
    [
      ['VISUAL', env['VISUAL']],
      ['EDITOR', env['EDITOR']],
    ].find(([, value]) => value?.trim()) ?? [];
  const words = splitWords(text ?? FALLBACK);
  const [program, ...rest] = words ?? [];
  if (program) return [program, ...rest];
  const problem = words === null ? 'a quote is not closed' : 'it names no program';
  throw new CliError('CLI_EDITOR_FAILED', `cannot understand ${name}: ${problem}`, {
    hint: 'write the program and its arguments, in quotes where one holds a blank',
  });
}

/**
 * Opens `file` in the user's editor, on this terminal; resolves when the editor has ended well.
 * @throws CliError `CLI_EDITOR_FAILED`; the signal's reason when signet is told to end
 */
export async function runEditor(io: EditorIo, file: string): Promise<void> {
  io.signal.throwIfAborted();
  const [program, ...words] = editorCommand(io);
  const release = io.holdInterrupts();
  try {
    await runToEnd(io, program, [...words, file]);
  } finally {
    release();
  }
  io.signal.throwIfAborted();
}

function runToEnd({ env, cwd, signal }: EditorIo, program: string, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { cwd, env, stdio: 'inherit', signal, killSignal: 'SIGTERM' });
    let failure: unknown = null;
    child.on('error', (error) => {
      failure = signal.aborted ? signal.reason : failed(program, describeSystemError(error));
      // A program that never started has no end to wait for.
      if (child.pid === undefined) reject(failure);
    });
    child.on('close', (code, killedBy) => {
      if (failure !== null) reject(failure);
      else if (code === 0) resolve();
      else reject(failed(program, killedBy === null ? `it ended with code ${code}` : `it was ended by ${killedBy}`));
    });
  });
}

function failed(program: string, reason: string): CliError {
  return new CliError('CLI_EDITOR_FAILED', `cannot edit with "${program}": ${reason}`, {
    hint: 'name an editor in VISUAL or EDITOR; one with a window must wait, as `code --wait` does',
  });
}

/** Words between blanks; quotes hold one together, and a backslash takes the next character as it is. Null for an open quote. */
function splitWords(text: string): readonly string[] | null {
  const words = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+|["'\\]/gs) ?? [];
  if (words.some((word) => word === '"' || word === "'")) return null;
  return words.map((word) =>
    word.replace(/\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gs, (_all, escaped, double, single) => {
      return escaped ?? single ?? double.replace(/\\(["\\])/g, '$1');
    }),
  );
}
