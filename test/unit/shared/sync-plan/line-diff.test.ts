import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, unifiedDiff } from '../../../../shared/sync-plan/line-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });

test('a diff keeps and adds exactly the new lines, and keeps and removes exactly the old ones', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const edits = diffLines(before, after);
      expect(edits.filter(({ kind }) => kind !== 'add').map(({ line }) => line)).toEqual(before);
      expect(edits.filter(({ kind }) => kind !== 'remove').map(({ line }) => line)).toEqual(after);
    }),
  );
});

test('a diff has the fewest edits that there are', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const kept = diffLines(before, after).filter(({ kind }) => kind === 'keep').length;
      expect(kept).toBe(longestCommon(before, after));
    }),
  );
});

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

test('lists with nothing in common are replaced as a whole, however long', () => {
  const before = Array.from({ length: 5_000 }, (_, index) => `a${index}`);
  const after = Array.from({ length: 5_000 }, (_, index) => `b${index}`);
  const edits = diffLines(before, after);
  expect(edits.map(({ line }) => line)).toEqual([...before, ...after]);
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (let at = 0; at < b.length; at += 1) {
      next.push(line === b[at] ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
