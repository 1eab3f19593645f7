/** @module Lets a fixed number of requests run at once; the others wait in order. */

/**
 * A first-come, first-served gate. Waiting here and not for a socket keeps a request's deadline from running while
 * others are before it.
 */
export class RequestSlots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Resolves when the caller may go; every `take` is followed by one `release`. */
  take(): Promise<void> | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}
