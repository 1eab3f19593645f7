/** @module When a request may be sent a second time, and after how long. */
import type { ExchangeFailure, HttpAnswer } from './exchange.ts';

/**
 * What a second sending could do. `read`: nothing, it only reads. `idempotent`: it ends in the same state, so it may be
 * repeated when a connection died before it gave an answer. `once`: it may act twice, so only the server's own word
 * that it did not act allows a second try.
 */
export type Replay = 'read' | 'idempotent' | 'once';

const MAX_REFUSALS = 8;
const MAX_CUTS = 2;
const MAX_WAIT_MS = 60_000;
const DEFAULT_RETRY_AFTER_MS = 1_000;
const FIRST_CUT_WAIT_MS = 50;

/** Counts what one request went through and answers whether it goes on. One per request. */
export class RetryBudget {
  readonly #replay: Replay;
  readonly #random: () => number;
  #refusals = 0;
  #cuts = 0;
  #waitedMs = 0;

  constructor(replay: Replay, random: () => number) {
    this.#replay = replay;
    this.#random = random;
  }

  /** Milliseconds to wait before sending again after `answer`; null when the answer stands. */
  afterAnswer(answer: HttpAnswer, now: number): number | null {
    const askedMs = refusedForMs(answer, now);
    if (askedMs === null || this.#refusals >= MAX_REFUSALS || this.#waitedMs + askedMs > MAX_WAIT_MS) return null;
    this.#refusals += 1;
    this.#waitedMs += askedMs;
    return askedMs * (1 + this.#random() / 10);
  }

  /** Milliseconds to wait before sending again after `failure`; null when it stands. */
  afterFailure(failure: ExchangeFailure): number | null {
    if (failure.cause !== 'network' || this.#cuts >= MAX_CUTS || !this.#mayRepeat(failure)) return null;
    this.#cuts += 1;
    return FIRST_CUT_WAIT_MS * 4 ** (this.#cuts - 1) * this.#random();
  }

  /** A server that cannot be reached at all is not tried again: the caller's own schedule does that. */
  #mayRepeat(failure: ExchangeFailure): boolean {
    if (!failure.connected) return false;
    if (this.#replay === 'read') return true;
    return this.#replay === 'idempotent' && failure.reusedSocket && !failure.answering;
  }
}

/** How long the server wants us to stay away because it did not take the request; null when it took it. */
function refusedForMs(answer: HttpAnswer, now: number): number | null {
  if (answer.status !== 429 && answer.status !== 503) return null;
  const stated = retryAfterMs(answer.headers['retry-after'], now);
  return stated ?? (answer.status === 429 ? DEFAULT_RETRY_AFTER_MS : null);
}

/** The waiting time of a `Retry-After` header, seconds or date; undefined when it has none. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,7}$/.test(header.trim())) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
