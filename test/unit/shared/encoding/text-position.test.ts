import { expect, test } from 'vitest';
import { countLineBreaks, positionAt } from '../../../../shared/encoding/text-position.ts';

test.each([
  [0, 1, 1],
  [2, 1, 3],
  [3, 2, 1],
  [5, 3, 1],
  [6, 3, 2],
  [8, 4, 1],
])('positionAt finds offset %i in line %i, column %i', (offset, line, column) => {
  expect(positionAt('ab\nc\rd\r\ne', offset)).toEqual({ line, column });
});

test('positionAt counts CR LF as one line end', () => {
  expect(positionAt('a\r\nb\r\nc', 6)).toEqual({ line: 3, column: 1 });
});

test('countLineBreaks counts line ends between two offsets', () => {
  expect(countLineBreaks('a\nb\r\nc\rd', 0, 8)).toBe(3);
  expect(countLineBreaks('a\nb\r\nc\rd', 2, 3)).toBe(0);
});
