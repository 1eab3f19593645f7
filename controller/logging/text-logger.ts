/** @module The logger that writes lines of `key=value`, in the form that sealed-secrets writes, each through the redactor. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import type { LogFields, Logger } from './logger.ts';
import type { LoggerOptions, LogLevel } from './pino-logger.ts';
import { redact } from './redact.ts';

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
/** Printable ASCII without blanks, quotes and `=`, and letters and digits of any script. */
const PLAIN = /^[!#-<>-~\p{L}\p{N}]+$/u;

/** A logger that writes `time=… level=… msg=…` and the fields; `now` gives the time of each line. */
export function createTextLogger(options: LoggerOptions & { readonly now: () => Date }): Logger {
  return new TextLogger(options, '');
}

class TextLogger implements Logger {
  readonly #options: LoggerOptions & { readonly now: () => Date };
  /** The fields of every line, finished. */
  readonly #fields: string;

  constructor(options: LoggerOptions & { readonly now: () => Date }, fields: string) {
    this.#options = options;
    this.#fields = fields;
  }

  debug(fields: LogFields, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: LogFields, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: LogFields, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: LogFields, message: string): void {
    this.#write('error', fields, message);
  }

  child(fields: LogFields): Logger {
    return new TextLogger(this.#options, this.#fields + pairs(fields));
  }

  #write(level: LogLevel, fields: LogFields, message: string): void {
    const { level: least, now, write } = this.#options;
    if (SEVERITY[level] < SEVERITY[least]) return;
    const head = `time=${now().toISOString()} level=${level.toUpperCase()} msg=${textOf(message)}`;
    write(`${redact(`${head}${this.#fields}${pairs(fields)}`)}\n`, level);
  }
}

function pairs(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${textOf(key)}=${textOf(String(value))}`)
    .join('');
}

function textOf(text: string): string {
  return PLAIN.test(text) ? text : toPrintableLine(JSON.stringify(text));
}
