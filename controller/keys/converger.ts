/** @module Runs one task again and again: whenever something changed, when its time has come, and after a failure. */
import { Backoff } from '../../shared/kube/backoff.ts';

/** What a converger runs. */
export interface ConvergerOptions {
  /** Brings the world to its wanted state; returns the milliseconds after which to look again, or null for never. */
  run(): Promise<number | null>;
  /** A run failed; the next one follows by itself. */
  onFailure(error: unknown): void;
  readonly random: () => number;
}

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 60_000;
/** Timers hold no longer waits; waking early only makes one run too many. */
const MAX_WAIT_MS = 24 * 3_600_000;

/** Runs its task never twice at the same time, and once more when it was triggered during a run. */
export class Converger {
  readonly #options: ConvergerOptions;
  readonly #backoff: Backoff;
  #isStopped = false;
  #running: Promise<void> | null = null;
  #triggered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ConvergerOptions) {
    this.#options = options;
    this.#backoff = new Backoff({ firstMs: FIRST_RETRY_MS, maxMs: MAX_RETRY_MS }, options.random);
  }

  /** Asks for a run, now. */
  trigger(): void {
    if (this.#isStopped) return;
    this.#triggered = true;
    clearTimeout(this.#timer);
    this.#running ??= this.#runWhileTriggered().finally(() => {
      this.#running = null;
      // A trigger between the last look at it and this moment found the run still under way.
      if (this.#triggered) this.trigger();
    });
  }

  /** Starts no further run, and resolves when the current one has returned. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #runWhileTriggered(): Promise<void> {
    while (this.#triggered && !this.#isStopped) {
      this.#triggered = false;
      const waitMs = await this.#runOnce();
      if (waitMs !== null && !this.#triggered && !this.#isStopped) this.#wakeAfter(waitMs);
    }
  }

  async #runOnce(): Promise<number | null> {
    try {
      const waitMs = await this.#options.run();
      this.#backoff.reset();
      return waitMs;
    } catch (error) {
      if (!this.#isStopped) this.#options.onFailure(error);
      return this.#backoff.next();
    }
  }

  #wakeAfter(waitMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.trigger(), Math.min(Math.max(waitMs, 1), MAX_WAIT_MS));
  }
}
