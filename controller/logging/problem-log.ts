/** @module Tells of a problem that lasts once, or rarely, however often it is met. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { Logger } from './logger.ts';

/** Whoever reads the log of a controller that waits finds the reason in what is shown of it. */
const REPEAT_MS = 10 * 60_000;
/** More are not met in turn by one thing that is tried. */
const MAX_KNOWN = 16;

/** A log for one thing that is tried again and again. */
export class ProblemLog {
  readonly #logger: Logger;
  readonly #message: string;
  readonly #now: (() => Date) | undefined;
  /** When the problems that were met since there was none were warned of, the one that was met last at the end. */
  readonly #warnedAtMs = new Map<string, number>();
  #code = '';

  /** `message` says what cannot be done. With `now` a problem that lasts is told again every ten minutes. */
  constructor(logger: Logger, message: string, now?: () => Date) {
    this.#logger = logger;
    this.#message = message;
    this.#now = now;
  }

  /** Writes a warning, or a debug line when the same was said not long ago. */
  report(error: unknown): void {
    const problem = describeError(error);
    const nowMs = this.#now?.().getTime() ?? 0;
    const warnedAtMs = this.#warnedAtMs.get(problem);
    const isKnown = warnedAtMs !== undefined && nowMs - warnedAtMs < REPEAT_MS;
    const level = isKnown ? 'debug' : 'warn';
    this.#remember(problem, isKnown ? warnedAtMs : nowMs);
    const { code = '', hint } = error instanceof CodedError ? error : {};
    this.#code = code;
    this.#logger[level]({ error: problem, hint }, this.#message);
  }

  /** The problem is over: the next one is news, whatever it is. */
  clear(): void {
    this.#warnedAtMs.clear();
    this.#code = '';
  }

  /** The code of the problem in brackets, after a blank; empty when there is none, or none with a code. */
  code(): string {
    return this.#code === '' ? '' : ` (${this.#code})`;
  }

  #remember(problem: string, warnedAtMs: number): void {
    this.#warnedAtMs.delete(problem);
    this.#warnedAtMs.set(problem, warnedAtMs);
    const [oldest] = this.#warnedAtMs.keys();
    if (this.#warnedAtMs.size > MAX_KNOWN && oldest !== undefined) this.#warnedAtMs.delete(oldest);
  }
}
