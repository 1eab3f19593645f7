/** @module Tells of a problem that lasts once, however often it is met. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { Logger } from './logger.ts';

/** A log for one thing that is tried again and again. */
export class ProblemLog {
  readonly #logger: Logger;
  readonly #message: string;
  #last = '';

  /** `message` says what cannot be done. */
  constructor(logger: Logger, message: string) {
    this.#logger = logger;
    this.#message = message;
  }

  /** Writes a warning, or a debug line when the same was said last. */
  report(error: unknown): void {
    const problem = describeError(error);
    const level = problem === this.#last ? 'debug' : 'warn';
    this.#last = problem;
    const hint = error instanceof CodedError ? error.hint : undefined;
    this.#logger[level]({ error: problem, hint }, this.#message);
  }

  /** The problem is over: the next one is news, whatever it is. */
  clear(): void {
    this.#last = '';
  }
}
