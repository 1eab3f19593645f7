import { expect, test } from 'vitest';
import { RateLimiter } from '../../../../controller/http/rate-limiter.ts';

/** So many callers are told apart. */
const MAX_CALLERS = 4_096;

function limiter(rate: number, burst: number) {
  const clock = { ms: 1_000 };
  const limits = new RateLimiter({ rate, burst }, () => clock.ms);
  return { limits, clock, take: (caller = 'a') => limits.take(caller)?.isAllowed };
}

test('a caller may come burst and once more at once, then at the rate', () => {
  const { take, clock } = limiter(2, 2);
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
  clock.ms += 499;
  expect(take()).toBe(false);
  clock.ms += 1;
  expect([take(), take()]).toEqual([true, false]);
  clock.ms += 60_000;
  expect([take(), take(), take(), take()]).toEqual([true, true, true, false]);
});

test('a refused request costs nothing, and is told when to come again', () => {
  const { limits, clock } = limiter(0.5, 0);
  expect(limits.take('a')).toEqual({ isAllowed: true, limit: 1, remaining: 0, resetSeconds: 2, retryAfterSeconds: 1 });
  for (let at = 0; at < 10; at += 1) {
    expect(limits.take('a')).toMatchObject({ isAllowed: false, remaining: 0, retryAfterSeconds: 2 });
  }
  clock.ms += 2_000;
  expect(limits.take('a')?.isAllowed).toBe(true);
});

test('callers do not share a bucket, but all of them together have no more than two', () => {
  const { take } = limiter(1, 1);
  expect(['a', 'a', 'a', 'b', 'b', 'b', 'c'].map((caller) => take(caller))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    false,
  ]);
});

test('a request that turns out dear makes the next ones wait', () => {
  const { limits, take, clock } = limiter(1, 2);
  expect(take()).toBe(true);
  limits.charge('a', 10);
  expect(limits.take('a')).toMatchObject({ isAllowed: false, retryAfterSeconds: 9, remaining: 0 });
  clock.ms += 9_000;
  expect(take()).toBe(true);
});

test('a rate of 0 is no limit', () => {
  const { limits } = limiter(0, 0);
  limits.charge('a', 1_000);
  expect(limits.take('a')).toBeNull();
});

test('beyond the bound of the table new callers share one bucket, until old ones are empty', () => {
  const { take, clock } = limiter(0.001, 100_000);
  for (let at = 0; at < MAX_CALLERS; at += 1) take(`caller ${at}`);
  const { limits } = limiter(1, 0);
  expect(limits.take('x')?.isAllowed).toBe(true);
  expect(take('new')).toBe(true);
  clock.ms += 1_000_001;
  expect(take('newer')).toBe(true);
});

test('callers beyond the bound are limited together', () => {
  const clock = { ms: 0 };
  const limits = new RateLimiter({ rate: 1_000, burst: 1 }, () => clock.ms);
  for (let at = 0; at < MAX_CALLERS; at += 1) {
    limits.take(`caller ${at}`);
    limits.charge(`caller ${at}`, 100_000_000);
  }
  // The bucket of all is far over by now; what counts here is that of the others alone.
  clock.ms = 0;
  expect(limits.take('one more')?.isAllowed).toBe(false);
});
