/**
 * @module How often callers may ask: a bucket for each caller and one for all of them together. It counts; answering those who ask too
 * often is the routes' part.
 */

/** Limits of one caller. */
export interface RateLimits {
  /** Requests per second; 0: no limit. */
  readonly rate: number;
  /** Requests beyond the rate that may come at once. */
  readonly burst: number;
}

/** Whether a request may pass, and how its caller stands after it. */
export interface RateVerdict {
  readonly isAllowed: boolean;
  /** Requests that may come at once. */
  readonly limit: number;
  /** How many of them are left. */
  readonly remaining: number;
  /** Seconds until all of them are there again. */
  readonly resetSeconds: number;
  /** Whole seconds until the next request may come, at least 1. */
  readonly retryAfterSeconds: number;
}

/** How many callers are told apart at once; those beyond share one bucket. */
const MAX_CALLERS = 4_096;
/** How much of one caller's limits all callers have together. */
const SHARE_OF_ALL = 2;
const OTHERS = 'others';

/** Buckets that empty at a steady pace: the generic cell rate algorithm, one instant per bucket. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #nowMs: () => number;
  /** By caller: when its bucket is empty again. */
  readonly #emptyAt = new Map<string, number>();
  #allEmptyAt = 0;

  /** `nowMs` is a clock that never goes back. */
  constructor(limits: RateLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Takes one request of `caller` into account; a refused one costs nothing. Null when there is no limit. */
  take(caller: string): RateVerdict | null {
    const { rate, burst } = this.#limits;
    if (rate <= 0) return null;
    const now = this.#nowMs();
    const perRequest = 1_000 / rate;
    const key = this.#keyOf(caller, now);
    const own = Math.max(0, (this.#emptyAt.get(key) ?? 0) - now);
    const all = Math.max(0, this.#allEmptyAt - now);
    const waitMs = Math.max(own - burst * perRequest, all - (SHARE_OF_ALL * burst + 1) * (perRequest / SHARE_OF_ALL));
    const isAllowed = waitMs <= 0;
    if (isAllowed) this.#add(key, perRequest, now);
    const level = own + (isAllowed ? perRequest : 0);
    return {
      isAllowed,
      limit: Math.floor(burst) + 1,
      remaining: Math.max(0, Math.floor(burst + 1 - level / perRequest)),
      resetSeconds: Math.ceil(level / 1_000),
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
    };
  }

  /** Makes a request that passed dearer by `requests`: what it costs is known only when it is there. The next ones wait for it. */
  charge(caller: string, requests: number): void {
    const { rate } = this.#limits;
    if (rate <= 0) return;
    const now = this.#nowMs();
    this.#add(this.#keyOf(caller, now), (requests * 1_000) / rate, now);
  }

  #add(key: string, ms: number, now: number): void {
    this.#emptyAt.set(key, Math.max(now, this.#emptyAt.get(key) ?? 0) + ms);
    this.#allEmptyAt = Math.max(now, this.#allEmptyAt) + ms / SHARE_OF_ALL;
  }

  /** Invariant: the table never grows beyond its bound. An empty bucket says nothing that a missing one does not. */
  #keyOf(caller: string, now: number): string {
    if (this.#emptyAt.has(caller) || this.#emptyAt.size < MAX_CALLERS) return caller;
    for (const [known, emptyAt] of this.#emptyAt) if (emptyAt <= now) this.#emptyAt.delete(known);
    return this.#emptyAt.size < MAX_CALLERS ? caller : OTHERS;
  }
}
