/**
 * @module Lets requests with a body in: not too often, not too many at once, and none that is too large or too slow. What is done with
 * the bodies is the routes' part.
 */
import type { Request, Response } from 'express';
import { Admission } from './admission.ts';
import { sendText } from './answers.ts';
import { callerOf } from './caller.ts';
import { RateLimiter, type RateLimits, type RateVerdict } from './rate-limiter.ts';
import { type BodyResult, discardRest, readBody } from './request-body.ts';

/** The API server stores at most 1.5 MiB of an object. */
export const MAX_BODY_BYTES = 1024 * 1024;

const BODY_TIMEOUT_MS = 10_000;
/** Bytes of a body for which it counts as one more request: about a tenth of a second of decryption. */
const BYTES_PER_REQUEST = 16 * 1024;
const ADMISSION = { total: 32, perCaller: 16, working: 2 };

/** Why a request is answered without a look at its body. */
interface Refusal {
  readonly status: number;
  readonly line: string;
}

const REFUSALS: Readonly<Record<Exclude<BodyResult['kind'], 'body' | 'gone'>, Refusal>> = {
  'too-large': { status: 413, line: `the body is larger than ${MAX_BODY_BYTES} bytes` },
  late: { status: 408, line: 'the body did not come in time' },
};

/** The way in. */
export class Intake {
  readonly #limiter: RateLimiter;
  readonly #admission = new Admission(ADMISSION);

  /** `nowMs` is a clock that never goes back. */
  constructor(limits: RateLimits, nowMs: () => number) {
    this.#limiter = new RateLimiter(limits, nowMs);
  }

  /** Answers `request` itself, or hands its body to `answer` when its turn has come and somebody still waits for it. */
  async receive(request: Request, response: Response, answer: (body: Uint8Array) => Promise<void>): Promise<void> {
    const caller = callerOf(request.socket.remoteAddress);
    const verdict = this.#limiter.take(caller);
    if (verdict !== null) response.set(rateHeaders(verdict));
    if (verdict?.isAllowed === false) return turnAway(request, response, { status: 429, line: 'limit exceeded' });
    const leave = this.#admission.enter(caller);
    if (leave === null) {
      return turnAway(request, response.set('retry-after', '1'), { status: 503, line: 'too many requests at once' });
    }
    try {
      await this.#handOver(request, response, { caller, answer });
    } finally {
      leave();
    }
  }

  async #handOver(
    request: Request,
    response: Response,
    { caller, answer }: { readonly caller: string; readonly answer: (body: Uint8Array) => Promise<void> },
  ): Promise<void> {
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return turnAway(request, response, { status: 415, line: 'send the body without a content encoding' });
    }
    const body = await readBody(request, { maxBytes: MAX_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS });
    if (body.kind === 'gone') return;
    if (body.kind !== 'body') return turnAway(request, response, REFUSALS[body.kind]);
    this.#limiter.charge(caller, Math.floor(body.bytes.length / BYTES_PER_REQUEST));
    await this.#admission.work(async () => {
      if (!response.destroyed) await answer(body.bytes);
    });
  }
}

/** Answers without reading the body. */
export function turnAway(request: Request, response: Response, { status, line }: Refusal): void {
  discardRest(request, response);
  sendText(response.status(status), line);
}

/** The names that sealed-secrets uses. */
function rateHeaders(verdict: RateVerdict): Record<string, string> {
  return {
    'x-ratelimit-limit': String(verdict.limit),
    'x-ratelimit-remaining': String(verdict.remaining),
    'x-ratelimit-reset': String(verdict.resetSeconds),
    ...(verdict.isAllowed ? {} : { 'retry-after': String(verdict.retryAfterSeconds) }),
  };
}
