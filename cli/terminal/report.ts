/**
 * @module What a person is told, on stderr. The rules:
 * data goes to stdout and everything else to stderr; every line there starts with `signet: `; an error says what failed,
 * and a hint how to mend it; nothing that came from elsewhere reaches the terminal with control characters; an
 * unforeseen error shows where it arose and not its text, which might quote a secret.
 */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeChain, hintOf } from './error-chain.ts';
import { SeveralErrors } from './errors.ts';
import type { Io } from './io.ts';

/** Tells a person what is going on. */
export interface Report {
  /** Something worth knowing: progress, a choice that was made. */
  note(text: string): void;
  /** Something that may be wrong, while the work goes on. */
  warn(text: string, hint?: string): void;
  /** Why the work did not succeed, with all hints. */
  fail(error: unknown): void;
}

/** A report on `io.stderr`. */
export function createReport(io: Pick<Io, 'stderr' | 'env'>): Report {
  const line = (text: string): void => io.stderr.write(`signet: ${toPrintableLine(text)}\n`);
  const hints = (texts: Iterable<string | undefined>): void => {
    for (const hint of new Set(texts)) if (hint !== undefined) line(`hint: ${hint}`);
  };
  const failKnown = (error: CodedError): void => {
    line(`error: ${describeChain(error)}`);
    hints([hintOf(error)]);
  };
  return {
    note: line,
    warn: (text, hint) => {
      line(`warning: ${text}`);
      hints([hint]);
    },
    fail: (error) => {
      if (error instanceof CodedError) return failKnown(error);
      if (!(error instanceof SeveralErrors)) return failUnforeseen(error, line, io.env['SIGNET_DEBUG'] === '1');
      for (const one of error.errors) line(`error: ${describeChain(one)}`);
      hints(error.errors.map((one) => hintOf(one)));
      line(error.consequence);
    },
  };
}

/** Only the error's class and the frames of the stack: a message such as JSON.parse's quotes what it read. */
function failUnforeseen(error: unknown, line: (text: string) => void, isDebugging: boolean): void {
  const frames = error instanceof Error ? framesOf(error) : [];
  const kind = error instanceof Error ? error.name : typeof error;
  line(`error: a defect in signet: ${kind}${frames[0] === undefined ? '' : ` ${frames[0]}`}`);
  if (isDebugging) for (const frame of frames.slice(1)) line(frame);
  else line('hint: run again with SIGNET_DEBUG=1 for the whole stack, and report it');
}

/** The lines of the stack behind the message; none when it is not certain where the message ends. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const start = stack.indexOf(message);
  if (start < 0) return [];
  const lines = stack.slice(start + message.length).split('\n');
  return lines.map((text) => text.trim()).filter((text) => text.startsWith('at '));
}
