/** @module Waits for a fact about the world by asking again, and says what was last seen when it does not come true. */
import { setTimeout as delay } from 'node:timers/promises';

/** How long and how often to look. */
export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/** Calls `probe` until it returns without throwing, and returns its value; after `timeoutMs` (30 s) throws the last failure. */
export async function eventually<T>(probe: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const deadline = Date.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await delay(options.everyMs ?? 50);
    }
  }
}
