import { expect, test } from 'vitest';
import { unifiedDiff } from '../../../../shared/sync-plan/unified-diff.ts';

test('the unified form has three lines around a change, and numbers that count both sides', () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const after = before.toSpliced(9, 1, 'other', 'more').toSpliced(0, 1);
  expect(unifiedDiff(before, after)).toEqual([
    '@@ -1,4 +1,3 @@',
    '-line 1',
    ' line 2',
    ' line 3',
    ' line 4',
    '@@ -7,7 +6,8 @@',
    ' line 7',
    ' line 8',
    ' line 9',
    '-line 10',
    '+other',
    '+more',
    ' line 11',
    ' line 12',
    ' line 13',
  ]);
});

test('changes that are close share a hunk, and an absent side starts at zero', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  expect(unifiedDiff(before, ['A', 'b', 'c', 'd', 'e', 'f', 'g', 'H'])).toHaveLength(11);
  expect(unifiedDiff([], ['a', 'b'])).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
  expect(unifiedDiff(['a'], [])).toEqual(['@@ -1 +0,0 @@', '-a']);
  expect(unifiedDiff(before, before)).toEqual([]);
});
