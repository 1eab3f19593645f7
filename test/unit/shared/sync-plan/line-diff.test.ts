import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from '../../../../shared/sync-plan/line-diff.ts';

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
