import { expect, test } from 'vitest';
import { retryDelayMs } from '../../../../controller/reconcile-loop/retry-delay.ts';

test('retryDelayMs doubles from half a second to five minutes', () => {
  const delays = [0, 1, 2, 9, 10, 1_000].map((failures) => retryDelayMs(failures, () => 0));
  expect(delays).toEqual([500, 1_000, 2_000, 256_000, 300_000, 300_000]);
});

test('retryDelayMs is shortened by at most a quarter', () => {
  expect(retryDelayMs(0, () => 0.999_999)).toBeCloseTo(375, 2);
});

test('retryDelayMs keeps to another ceiling, above or below the usual one', () => {
  expect(retryDelayMs(5, () => 0, 1_000)).toBe(1_000);
  expect(retryDelayMs(20, () => 0, 600_000)).toBe(600_000);
});
