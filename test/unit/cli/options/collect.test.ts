import { describe, expect, test } from 'vitest';
import { collect, parseDuration } from '../../../../cli/options/collect.ts';

test('collect keeps the order in which an option was repeated', () => {
  expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
});

describe('parseDuration', () => {
  test.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '5', 's', '-1s', '1 s', '1d', '1s!', '1sm'])('%j is refused', (text) => {
    expect(() => parseDuration(text)).toThrow('Expected a duration');
  });
});
