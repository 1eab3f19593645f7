import { expect, test } from 'vitest';
import { findComments } from '../../../../shared/encoding/yaml-comments.ts';

test('findComments gives whole-line and trailing comments in their order', () => {
  expect(findComments('# a\nkind: Secret # b\nmetadata:\n  # c\n  name: x\n')).toEqual(['# a', '# b', '# c']);
});

test('findComments takes no text for a comment', () => {
  expect(findComments('a: "x # y"\nb: x#y\nc: |\n  # in a block\n  more\n')).toEqual([]);
});

test('findComments leaves out what stands under the excepted keys', () => {
  const text = '# top\nstringData:\n  # was hunter2\n  a: x # or hunter3\nmetadata:\n  name: x # place\n';
  expect(findComments(text, ['data', 'stringData'])).toEqual(['# top', '# place']);
});

test('findComments reads lines that end in CR LF', () => {
  expect(findComments('a: 1 # one\r\n# two\r\nb: 2\r\n')).toEqual(['# one', '# two']);
});

test('findComments finds nothing in a document that does not parse', () => {
  expect(findComments('a: [ # open\n')).toEqual([]);
});
