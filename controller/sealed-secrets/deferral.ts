/** @module Holds requests back while more urgent work is under way, each for a bounded time. */
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';

/** What a deferral is made of. */
export interface DeferralOptions {
  /** True while work is under way that goes first. */
  isBusy(): boolean;
  /** Takes a request whose time has come. */
  release(request: Request): void;
}

const FIRST_LOOK_MS = 2;
const LOOK_EVERY_MS = 50;
const MAX_WAIT_MS = 10_000;

/** Requests by object, in the order of their arrival. */
export class Deferral {
  readonly #options: DeferralOptions;
  readonly #waiting = new Map<string, { readonly request: Request; readonly sinceMs: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DeferralOptions) {
    this.#options = options;
  }

  /** Holds `request` back until nothing more urgent is under way. */
  add(request: Request): void {
    const key = placeKey(request);
    if (this.#waiting.has(key)) return;
    this.#waiting.set(key, { request, sinceMs: performance.now() });
    this.#lookAfter(FIRST_LOOK_MS);
  }

  /** Releases everything now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { request } of waiting) this.#options.release(request);
  }

  #lookAfter(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, delayMs);
  }

  #look(): void {
    if (!this.#options.isBusy()) {
      this.flush();
      return;
    }
    const dueMs = performance.now() - MAX_WAIT_MS;
    for (const [key, { request, sinceMs }] of this.#waiting) {
      if (sinceMs > dueMs) break;
      this.#waiting.delete(key);
      this.#options.release(request);
    }
    if (this.#waiting.size > 0) this.#lookAfter(LOOK_EVERY_MS);
  }
}
