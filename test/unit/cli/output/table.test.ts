import { expect, test } from 'vitest';
import { formatTable } from '../../../../cli/output/table.ts';

test('columns are as wide as their widest cell, and lines end without blanks', () => {
  expect(
    formatTable(
      ['NAME', 'STATE'],
      [
        ['a-long-name', 'True'],
        ['b', ''],
      ],
    ),
  ).toBe('NAME          STATE\na-long-name   True\nb\n');
});

test('a cell cannot break out of its line or steer the terminal', () => {
  expect(formatTable(['A'], [['x\n\x1b[2Jy']])).toBe('A\nx\\n\\x1b[2Jy\n');
});
