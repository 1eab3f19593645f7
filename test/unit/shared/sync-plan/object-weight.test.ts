import { expect, test } from 'vitest';
import { weightOf } from '../../../../shared/sync-plan/object-weight.ts';

const MUCH = 1024 * 1024;

test('weight counts texts, keys and places', () => {
  expect(weightOf('abc', MUCH) - weightOf('', MUCH)).toBe(3);
  expect(weightOf({ abc: 1 }, MUCH) - weightOf({ '': 1 }, MUCH)).toBe(3);
  expect(weightOf([1, 2, null], MUCH)).toBeGreaterThanOrEqual(4 * weightOf(null, MUCH));
  expect(weightOf(10n ** 1000n, MUCH)).toBeGreaterThan(weightOf(1, MUCH) + 800);
});

test('what is shared counts as often as it is used, and the walk ends early', () => {
  let bomb: unknown = ['x'];
  for (let level = 0; level < 60; level++) bomb = [bomb, bomb, bomb, bomb];
  expect(weightOf(bomb, MUCH)).toBeGreaterThan(MUCH);
  expect(weightOf(bomb, MUCH)).toBeLessThan(2 * MUCH);
});
