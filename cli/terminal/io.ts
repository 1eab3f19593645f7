/**
 * @module Everything of the outside world that a verb may touch, except files and the network: those are reached by
 * modules of their own, relative to `cwd`. The real one is made in cli/main.ts.
 */
import path from 'node:path';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';

/** Where data goes. `write` rejects when the text could not be handed over; `EPIPE` means that nobody reads any more. */
export interface DataOutput {
  /** True when a person reads along. */
  readonly isTty: boolean;
  write(text: string): Promise<void>;
}

/** Where messages go. A message that cannot be shown is lost; it is no error. */
export interface MessageOutput {
  write(text: string): void;
}

/** Standard input; it is not touched before it is iterated. */
export interface DataInput extends AsyncIterable<Uint8Array> {
  /** True when a person types. */
  readonly isTty: boolean;
}

/** A person at a terminal, to be asked through cli/terminal/prompt.ts. Both reject with the signal's reason when the user interrupts. */
export interface Terminal {
  /** One line without its end, shown while it is typed; null at the end of input. */
  readLine(): Promise<string | null>;
  /** The same, not shown. */
  readHidden(): Promise<SecretBytes | null>;
}

/** The world of one run of the program. */
export interface Io {
  readonly stdin: DataInput;
  /** Null when standard input is no terminal. */
  readonly terminal: Terminal | null;
  readonly stdout: DataOutput;
  readonly stderr: MessageOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative paths of the user start here. */
  readonly cwd: string;
  now(): Date;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when the user interrupts. */
  sleep(ms: number): Promise<void>;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** From now on the keys that interrupt are for another program on this terminal, until the result is called. */
  holdInterrupts(): () => void;
}

/** `file` as the user gave it, as an absolute path. */
export function resolvePath(io: Pick<Io, 'cwd'>, file: string): string {
  return path.resolve(io.cwd, file);
}
