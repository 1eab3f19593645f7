import { expect, test } from 'vitest';
import { findDanglingDashes, firstOutside } from '../../../../shared/encoding/yaml-list-ends.ts';

test.each<[string, readonly number[]]>([
  ['- -\n- a', [2]],
  ['a:\n  -\n- b', [5]],
  ['- x:\n  - y\n  -\n- z', [13]],
  ['- - # note\n\n# more\n- a', [2]],
  ['- -\r\n- a', [2]],
  ['- ? -\n- a', [4]],
  ['-\n- a', []],
  ['- -\n  - a', []],
  ['- - b\n- a', []],
  ['a: -\nb: c', []],
  ['- -\nb', []],
  ['  -\n -a', []],
  ['--\n- a', []],
  ['- -', []],
])('findDanglingDashes finds in %j the offsets %j', (text, offsets) => {
  expect(findDanglingDashes(text)).toEqual(offsets);
});

test('firstOutside counts the start of a range as within and its end as outside', () => {
  const ranges = [{ start: 2, end: 5 }];
  expect([1, 2, 4, 5].map((offset) => firstOutside([offset], ranges))).toEqual([1, undefined, undefined, 5]);
});

test('firstOutside finds the first of many, whatever the order of the ranges', () => {
  const ranges = [
    { start: 10, end: 12 },
    { start: 2, end: 9 },
    { start: 3, end: 4 },
  ];
  expect(firstOutside([2, 5, 8, 10, 11, 12, 30], ranges)).toBe(12);
  expect(firstOutside([], ranges)).toBeUndefined();
});

test('half a million dashes within half a million scalars take no time to speak of', () => {
  const ranges = Array.from({ length: 500_000 }, (_, index) => ({ start: 2 * index, end: 2 * index + 1 }));
  const offsets = ranges.map(({ start }) => start);
  expect(firstOutside(offsets, ranges)).toBeUndefined();
});
