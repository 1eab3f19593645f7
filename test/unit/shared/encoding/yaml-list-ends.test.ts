import { expect, test } from 'vitest';
import { findDanglingDashes, isOutside } from '../../../../shared/encoding/yaml-list-ends.ts';

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

test('isOutside counts the start of a range as within and its end as outside', () => {
  const ranges = [{ start: 2, end: 5 }];
  expect([1, 2, 4, 5].map((offset) => isOutside(offset, ranges))).toEqual([true, false, false, true]);
});
