import { describe, expect, it } from 'vitest';
import type { ExchangeFailure, HttpAnswer } from '../../../../shared/kube/exchange.ts';
import { RetryBudget, retryAfterMs } from '../../../../shared/kube/retry.ts';

const answer = (status: number, retryAfter?: string): HttpAnswer => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: Buffer.alloc(0),
});
const cut: ExchangeFailure = { cause: 'network', reusedSocket: false, connected: true, answering: false };

describe('retryAfterMs', () => {
  it('reads seconds', () => expect(retryAfterMs('3', 0)).toBe(3_000));
  it('reads a date', () => expect(retryAfterMs('Thu, 01 Jan 1970 00:00:10 GMT', 4_000)).toBe(6_000));
  it('takes a date of the past as now', () => expect(retryAfterMs('Thu, 01 Jan 1970 00:00:10 GMT', 20_000)).toBe(0));
  it('has no opinion on nonsense', () => expect(retryAfterMs('soon', 0)).toBeUndefined());
  it('has no opinion without a header', () => expect(retryAfterMs(undefined, 0)).toBeUndefined());
});

describe('RetryBudget', () => {
  const ANSWERS: readonly (readonly [string, HttpAnswer, number | null])[] = [
    ['a second after a 429 that states no time', answer(429), 1_000],
    ['what a 503 states', answer(503, '2'), 2_000],
    ['not for a 503 that states no time', answer(503), null],
    ['not for a 409, which the server took', answer(409, '2'), null],
    ['not for a 504, which the server took', answer(504, '2'), null],
  ];
  it.each(ANSWERS)('waits %s', (_name, given, waitMs) => {
    expect(new RetryBudget('read', () => 0).afterAnswer(given, 0)).toBe(waitMs);
  });

  it('sends a POST again that the server did not take', () => {
    expect(new RetryBudget('once', () => 0).afterAnswer(answer(429, '2'), 0)).toBe(2_000);
  });

  it('adds jitter to the stated time', () => {
    expect(new RetryBudget('once', () => 0.5).afterAnswer(answer(429, '2'), 0)).toBe(2_100);
  });

  it('gives up after eight refusals', () => {
    const budget = new RetryBudget('read', () => 0);
    const waits = Array.from({ length: 9 }, () => budget.afterAnswer(answer(429, '1'), 0));
    expect(waits.filter((wait) => wait !== null)).toHaveLength(8);
    expect(waits.at(-1)).toBeNull();
  });

  it('leaves a wait of more than a minute to the caller', () => {
    expect(new RetryBudget('read', () => 0).afterAnswer(answer(503, '61'), 0)).toBeNull();
  });

  it('repeats a read whose connection was cut, twice', () => {
    const budget = new RetryBudget('read', () => 1);
    expect([cut, cut, cut].map((failure) => budget.afterFailure(failure))).toEqual([50, 200, null]);
  });

  it('repeats an idempotent write only after an old connection died before answering', () => {
    const decide = (failure: ExchangeFailure) => new RetryBudget('idempotent', () => 1).afterFailure(failure);
    expect(decide({ ...cut, reusedSocket: true })).toBe(50);
    expect(decide(cut)).toBeNull();
    expect(decide({ ...cut, reusedSocket: true, answering: true })).toBeNull();
  });

  it('never repeats a create whose connection was cut', () => {
    expect(new RetryBudget('once', () => 1).afterFailure({ ...cut, reusedSocket: true })).toBeNull();
  });

  it.each(['deadline', 'too-large', 'aborted'] as const)('does not repeat after %s', (cause) => {
    expect(new RetryBudget('read', () => 1).afterFailure({ ...cut, cause })).toBeNull();
  });

  it('does not repeat when there was no connection at all', () => {
    expect(new RetryBudget('read', () => 1).afterFailure({ ...cut, connected: false })).toBeNull();
  });
});
