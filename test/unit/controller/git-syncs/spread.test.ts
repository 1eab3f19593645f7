import { expect, test } from 'vitest';
import { spreadOf } from '../../../../controller/git-syncs/spread.ts';

test('spreadOf is the same for the same id, and fills the span evenly', () => {
  const counts = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index += 1) {
    const place = spreadOf(`00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`);
    expect(place).toBeGreaterThanOrEqual(0);
    expect(place).toBeLessThan(1);
    counts[Math.floor(place * 10)]! += 1;
  }
  for (const count of counts) expect(count).toBeGreaterThan(800);
  expect(spreadOf('a')).toBe(spreadOf('a'));
  expect(spreadOf('')).toBeLessThan(1);
});
