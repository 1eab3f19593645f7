/**
 * @module What a person is told: on standard error, `error: ` in front of a failure as kubeseal has it, and never control
 * characters or the text of an error that nobody foresaw, which might quote a secret.
 */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeChain, hintOf } from '../terminal/error-chain.ts';
import { SeveralErrors } from '../terminal/errors.ts';
import type { Io } from '../terminal/io.ts';
import type { Report } from '../terminal/report.ts';

/** A report on `io.stderr`; notes are shown only to whoever asked for them with `-v`. */
export function createMessages(io: Pick<Io, 'stderr'>, isVerbose: boolean): Report {
  const line = (text: string): void => io.stderr.write(`${toPrintableLine(text)}\n`);
  const hint = (text: string | undefined): void => (text === undefined ? undefined : line(`hint: ${text}`));
  const failOne = (error: unknown): void => {
    for (const part of `error: ${describe(error)}`.split('\n')) line(part);
    if (error instanceof CodedError) hint(hintOf(error));
  };
  return {
    note: (text) => (isVerbose ? line(text) : undefined),
    warn: (text, how) => {
      line(`warning: ${text}`);
      hint(how);
    },
    fail: (error) => {
      if (error instanceof SeveralErrors) for (const one of error.errors) failOne(one);
      else failOne(error);
    },
  };
}

function describe(error: unknown): string {
  if (error instanceof CodedError) return describeChain(error);
  return `a defect in signet: ${error instanceof Error ? error.name : typeof error}`;
}
