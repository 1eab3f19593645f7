import { expect, test } from 'vitest';
import { documentRanges } from '../../../../shared/encoding/document-ranges.ts';

/** The content of every document with its line. */
function contents(text: string): readonly (readonly [string, number])[] {
  return documentRanges(text).map(({ start, end, line }) => [text.slice(start, end), line]);
}

test.each<[string, string, readonly (readonly [string, number])[]]>([
  ['nothing', '', []],
  ['blank lines and comments', '\n# a\n  # b\n\t\n', []],
  ['one document without a marker', 'a: 1\n', [['a: 1', 1]]],
  ['no final line break', 'a: 1', [['a: 1', 1]]],
  ['a marker first', '---\na: 1\n', [['a: 1', 2]]],
  ['a marker with a comment', '--- # first\na: 1\n', [['a: 1', 2]]],
  ['a marker with trailing blanks', '---  \t\na: 1\n', [['a: 1', 2]]],
  ['comments before the first marker', '# licence\n---\na: 1\n', [['a: 1', 3]]],
  [
    'several documents',
    'a: 1\n---\nb: 2\n---\nc: 3\n',
    [
      ['a: 1', 1],
      ['b: 2', 3],
      ['c: 3', 5],
    ],
  ],
  [
    'two markers in a row',
    '---\n---\na: 1\n',
    [
      ['', 0],
      ['a: 1', 3],
    ],
  ],
  [
    'a comment-only document',
    'a: 1\n---\n# none\n---\nb: 2\n',
    [
      ['a: 1', 1],
      ['', 0],
      ['b: 2', 5],
    ],
  ],
  [
    'a marker at the end',
    'a: 1\n---\n',
    [
      ['a: 1', 1],
      ['', 0],
    ],
  ],
  ['an end marker', 'a: 1\n...\n', [['a: 1', 1]]],
  [
    'an end marker between documents',
    'a: 1\n...\n---\nb: 2\n',
    [
      ['a: 1', 1],
      ['b: 2', 4],
    ],
  ],
  [
    'a bare document after an end marker',
    'a: 1\n... # end\nb: 2\n',
    [
      ['a: 1', 1],
      ['b: 2', 3],
    ],
  ],
  [
    'text on the line of an end marker',
    'a: 1\n... b\n',
    [
      ['a: 1', 1],
      [' b', 2],
    ],
  ],
  ['directives', '%YAML 1.1\n%TAG ! tag:x,2000:\n---\na: 1\n', [['a: 1', 4]]],
  [
    'content on the line of the marker',
    '--- {a: 1}\n--- |\n  text\n',
    [
      ['{a: 1}', 1],
      ['|\n  text', 2],
    ],
  ],
  [
    'CR LF',
    'a: 1\r\n---\r\nb: 2\r\n',
    [
      ['a: 1', 1],
      ['b: 2', 3],
    ],
  ],
  [
    'CR alone',
    'a: 1\r---\rb: 2\r',
    [
      ['a: 1', 1],
      ['b: 2', 3],
    ],
  ],
  ['a byte-order mark', '\ufeff---\na: 1\n', [['a: 1', 2]]],
  [
    'comments around the content',
    '---\n# x\n\n  a: 1\n# mid\n  b: 2\n\n# y\n---\n',
    [
      ['  a: 1\n# mid\n  b: 2', 4],
      ['', 0],
    ],
  ],
  ['a marker that is longer or indented', 'a:\n ---\n----\n---x\n', [['a:\n ---\n----\n---x', 1]]],
  ['a comment inside of a block scalar at the end', 'a: |\n  # text\n# comment\n', [['a: |\n  # text', 1]]],
  ['a directive-like line inside of a document', '---\n%a\n', [['%a', 2]]],
])('documentRanges finds the documents of %s', (_name, text, expected) => {
  expect(contents(text)).toEqual(expected);
});

test('documentRanges reports directives without a document, so that the parser can refuse them', () => {
  expect(contents('%YAML 1.1\n')).toEqual([['%YAML 1.1\n', 2]]);
});

test('documentRanges gives outer ranges that open with directives or marker and touch each other', () => {
  const text = '# c\n%YAML 1.1\n---\na: 1\n...\n# d\n--- # e\nb: 2\n---\nc: 3\n';
  const outer = documentRanges(text).map(({ outerStart, outerEnd }) => text.slice(outerStart, outerEnd));
  expect(outer).toEqual(['# c\n%YAML 1.1\n---\na: 1\n', '\n# d\n--- # e\nb: 2\n', '---\nc: 3\n']);
});
