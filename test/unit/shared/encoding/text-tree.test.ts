import { expect, test } from 'vitest';
import { skipToContent } from '../../../../shared/encoding/text-tree.ts';

test.each([
  ['a', 0],
  [' \t\r\n a', 5],
  ['# one\r\n  # two\n\na # three', 16],
  ['# only', 6],
  ['', 0],
])('skipToContent leads over blanks and comments of %j', (text, offset) => {
  expect(skipToContent(text, 0)).toBe(offset);
});

test('skipToContent leads over as many comments as a file can have', () => {
  const comments = '#\n'.repeat(4_000_000);
  expect(skipToContent(`${comments}a`, 0)).toBe(comments.length);
});
