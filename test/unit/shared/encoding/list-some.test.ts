import { expect, test } from 'vitest';
import { listSome } from '../../../../shared/encoding/list-some.ts';

test('listSome names five, or as many as it is told, and counts the rest', () => {
  expect(listSome(['a', 'b'])).toBe('a, b');
  expect(listSome(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
  expect(listSome(['a', 'b', 'c'], 2)).toBe('a, b and 1 more');
});
