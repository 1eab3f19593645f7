/** @module The logger on pino: JSON lines, written at once, each through the redactor. */
import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import type { LogFields, Logger } from './logger.ts';
import { redact } from './redact.ts';

/** Least severe level that is written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where lines go and which. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Takes one line with its newline, synchronously, and the line's own level. */
  write(line: string, level: LogLevel): void;
}

/** A logger that writes one JSON object per line: `level`, `time` (RFC 3339), the fields, `msg`. */
export function createLogger(options: LoggerOptions): Logger {
  const destination = {
    // Asks pino to note the level of each line before it is written.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write(line: string) {
      options.write(redact(line), levelOf(this.lastLevel));
    },
  };
  const settings = {
    level: options.level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new PinoLogger(pino(settings, destination));
}

/** pino counts its levels in steps of ten. */
function levelOf(number: number): LogLevel {
  if (number >= 50) return 'error';
  if (number >= 40) return 'warn';
  return number >= 30 ? 'info' : 'debug';
}

class PinoLogger implements Logger {
  readonly #pino: Pino;

  constructor(target: Pino) {
    this.#pino = target;
  }

  debug(fields: LogFields, message: string): void {
    this.#pino.debug(fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.#pino.info(fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#pino.warn(fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.#pino.error(fields, message);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.#pino.child(fields));
  }
}
