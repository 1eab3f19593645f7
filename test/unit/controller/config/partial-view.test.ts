import { expect, test } from 'vitest';
import { partialViewOf } from '../../../../controller/config/partial-view.ts';

test.each<[string, string, readonly string[] | null, string | undefined]>([
  ['everything', '', null, undefined],
  ['a label', 'team=shop', null, 'SealedSecrets with label "team=shop"'],
  ['namespaces', '', ['a', 'b'], 'SealedSecrets in namespaces a, b'],
  ['both', 'x', ['a'], 'SealedSecrets with label "x" in namespaces a'],
])('a view of %s is told', (_what, labelSelector, namespaces, told) => {
  expect(partialViewOf({ labelSelector, namespaces })).toBe(told);
});

test('a view of many namespaces stays short', () => {
  const namespaces = Array.from({ length: 1_000 }, (_, index) => `ns-${index}`);
  expect(partialViewOf({ labelSelector: '', namespaces })).toMatch(/ns-0, .* and 980 more$/);
});
