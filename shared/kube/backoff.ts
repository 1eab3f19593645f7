/** @module Waiting times that grow, with jitter so that many clients do not come back at once. */

/** Bounds of a growing wait. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Grows from `firstMs` by doubling to `maxMs`; each wait is between half of that and all of it. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #failures = 0;

  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** The next wait in milliseconds. */
  next(): number {
    const ceiling = Math.min(this.#limits.maxMs, this.#limits.firstMs * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    return ceiling * (0.5 + this.#random() / 2);
  }

  /** Starts again from `firstMs`. */
  reset(): void {
    this.#failures = 0;
  }
}
