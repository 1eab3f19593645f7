import { expect, test } from 'vitest';
import { describeTermination } from '../../../../shared/sync-plan/termination.ts';

const deletionTimestamp = '2030-01-01T00:00:00Z';

test('an object that nobody deletes has no termination, whatever finalizers it has', () => {
  expect(describeTermination({ finalizers: ['a/b'] })).toBeUndefined();
});

test.each([
  [undefined, 'since 2030-01-01T00:00:00Z'],
  [[], 'since 2030-01-01T00:00:00Z'],
  [['a/b'], 'since 2030-01-01T00:00:00Z, held by finalizer a/b'],
  [['a/b', 'c'], 'since 2030-01-01T00:00:00Z, held by finalizers a/b, c'],
  [['a', 'b', 'c', 'd', 'e'], 'since 2030-01-01T00:00:00Z, held by finalizers a, b, c and 2 more'],
])('finalizers %j: %s', (finalizers, text) => {
  expect(describeTermination({ deletionTimestamp, ...(finalizers && { finalizers }) })).toBe(text);
});
