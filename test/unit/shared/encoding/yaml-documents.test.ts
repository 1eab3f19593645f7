import { expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';

/** Value, index and line of every document. */
function summary(text: string): readonly (readonly [unknown, number, number])[] {
  return parseDocuments(text).map(({ value, index, line }) => [value, index, line]);
}

test.each<[string, string, readonly (readonly [unknown, number, number])[]]>([
  ['nothing', '', []],
  ['comments only', '# a\n---\n# b\n', []],
  ['null in every spelling', '~\n---\nnull\n---\n\n', []],
  ['one document', 'a: 1', [[{ a: 1 }, 1, 1]]],
  [
    'documents after empty ones',
    '---\n---\n# none\n---\na: 1\n---\nnull\n---\nb: 2\n',
    [
      [{ a: 1 }, 3, 5],
      [{ b: 2 }, 5, 9],
    ],
  ],
  [
    'comments behind markers',
    '--- # one\n# more\n\na: 1\n--- # two\nb: 2\n',
    [
      [{ a: 1 }, 1, 4],
      [{ b: 2 }, 2, 6],
    ],
  ],
  [
    'end markers',
    'a: 1\n...\n# x\n---\nb: 2\n...\n',
    [
      [{ a: 1 }, 1, 1],
      [{ b: 2 }, 2, 5],
    ],
  ],
  ['directives', '%YAML 1.1\n---\na: 1\n', [[{ a: 1 }, 1, 3]]],
  ['a byte-order mark', '\ufeffa: 1\n', [[{ a: 1 }, 1, 1]]],
  [
    'CR LF',
    'a: 1\r\nb: |\r\n  x\r\n  z\r\n---\r\nc: 2\r\n',
    [
      [{ a: 1, b: 'x\nz\n' }, 1, 1],
      [{ c: 2 }, 2, 6],
    ],
  ],
  [
    'content on the line of the marker',
    '--- {a: 1}\n--- [2]\n',
    [
      [{ a: 1 }, 1, 1],
      [[2], 2, 2],
    ],
  ],
  ['a block scalar without a final line break', 'a: |\n  x', [[{ a: 'x\n' }, 1, 1]]],
  ['JSON', '\n{\n  "a": [1, 2.5, null, true, "yes"]\n}\n', [[{ a: [1, 2.5, null, true, 'yes'] }, 1, 2]]],
  [
    'JSON one after the other',
    '{"a":1}{"a":2}\n\n{"a":\n3}\n{"a":4}',
    [
      [{ a: 1 }, 1, 1],
      [{ a: 2 }, 2, 1],
      [{ a: 3 }, 3, 3],
      [{ a: 4 }, 4, 5],
    ],
  ],
  [
    'JSON among YAML',
    'a: 1\n---\n{"b": 9007199254740993}\n---\nc: yes\n',
    [
      [{ a: 1 }, 1, 1],
      [{ b: 9007199254740993n }, 2, 3],
      [{ c: true }, 3, 5],
    ],
  ],
  ['JSON with escaped pairs and raw line separators', '{"a":"\\ud83d\\ude00 \u2028"}', [[{ a: '😀 \u2028' }, 1, 1]]],
  ['flow style that is not JSON', '{"a": yes, b: 0644,}\n', [[{ a: true, b: 420 }, 1, 1]]],
  ['a tab before a comment', 'a: 1\t# x\nb:\t2\n', [[{ a: 1, b: 2 }, 1, 1]]],
  ['a bracket at the column of its key', 'a: [\n  1\n]\nb: {\n}\n', [[{ a: [1], b: {} }, 1, 1]]],
])('parseDocuments reads %s', (_name, text, expected) => {
  expect(summary(text)).toEqual(expected);
});

test('parseDocuments gives ranges of the content and tells JSON from YAML', () => {
  const text = '# c\n---\n# d\na: 1\nb: 2\n# e\n---\n  {"c": 3}\n {"d": 4}\n--- {e: 5} # f\n';
  const found = parseDocuments(text).map(({ start, end, format }) => [text.slice(start, end), format]);
  expect(found).toEqual([
    ['a: 1\nb: 2', 'yaml'],
    ['{"c": 3}', 'json'],
    ['{"d": 4}', 'json'],
    ['{e: 5} # f', 'yaml'],
  ]);
});

test('parseDocuments shares what aliases name, within a document only', () => {
  const [first] = parseDocuments('a: &x {b: 1}\nc: *x\n');
  expect(first?.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
  expect(() => parseDocuments('a: &x 1\n---\nb: *x\n')).toThrow('line 3: an alias without an anchor');
});

test.each([
  ['a flow map', 'a: {b: 1', 1],
  ['a flow list', 'a:\n  - [1,\n', 3],
  ['a double-quoted text', 'a: "b\n\nc', 3],
  ['a single-quoted text', "a: 'b", 1],
  ['a key', 'a: 1\nkin', 2],
  ['JSON', '{"a": {"b": 1}', 1],
  ['JSON in its second value', '{"a": 1}\n{"b": "', 2],
  ['JSON within a string', '{"kind": "Secr', 1],
  ['a directive', '%YAML 1.1\n', 2],
  ['a tag', 'a: !<tag:x', 1],
])('parseDocuments refuses a text that is cut within %s', (_name, text, line) => {
  expect(() => parseDocuments(text, { where: 'cut.yaml' })).toThrow(
    expect.objectContaining({
      code: 'YAML_INVALID',
      line,
      message: expect.stringMatching(new RegExp(`^cannot parse cut\\.yaml: line ${line}: `)),
    }),
  );
});

test.each([
  ['a: 1\n\tb: 2\n', 2],
  ['a: b: c\n', 1],
  ['a: @b\n', 1],
  ['a: 1\n---\nb: 2\n  c: 3\n', 4],
  ['a: 1\n---\n# x\n--- # y\n"\n', 6],
  ['{{ .Values.all }}\n', 1],
  ['a: 1\n...\n# x\u2028b: 2\n', 3],
  ['# x\u2028b: 2\n', 1],
])('parseDocuments names the line of the fault in %j', (text, line) => {
  expect(() => parseDocuments(text)).toThrow(expect.objectContaining({ code: 'YAML_INVALID', line }));
});

test('parseDocuments places a bomb at the start of its document', () => {
  const levels = Array.from({ length: 9 }, (_, at) => `l${at}: &l${at} [${Array(9).fill(at ? `*l${at - 1}` : 'x')}]`);
  expect(() => parseDocuments(`a: 1\n---\n# b\n${levels.join('\n')}\n`)).toThrow(
    expect.objectContaining({ code: 'YAML_ALIAS_BOMB', line: 4 }),
  );
  expect(() => parseDocuments('a: &a [*a]')).toThrow(expect.objectContaining({ code: 'YAML_ALIAS_BOMB', line: 1 }));
});

test('parseDocuments bounds nesting in JSON as in YAML', () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  expect(parseDocuments(nested(100))).toHaveLength(1);
  expect(() => parseDocuments(nested(101))).toThrow(expect.objectContaining({ code: 'YAML_TOO_DEEP' }));
});

test('parseDocuments measures its limit in bytes of UTF-8', () => {
  const text = 'a: "ä€😀"';
  expect(parseDocuments(text, { maxBytes: 14 })).toHaveLength(1);
  expect(() => parseDocuments(text, { maxBytes: 13, where: 'big.yaml' })).toThrow(
    expect.objectContaining({
      code: 'YAML_TOO_LARGE',
      message: 'cannot parse big.yaml: larger than 13 bytes',
      line: undefined,
    }),
  );
});

test('parseDocuments accepts 16 MiB and no more unless told', () => {
  const comment = `# ${'x'.repeat(16 * 1024 * 1024 - 2)}`;
  expect(parseDocuments(comment)).toEqual([]);
  expect(() => parseDocuments(`${comment}x`)).toThrow(expect.objectContaining({ code: 'YAML_TOO_LARGE' }));
  expect(parseDocuments(`${comment}x`, { maxBytes: Number.POSITIVE_INFINITY })).toEqual([]);
});

test.each([
  ['empty documents', '---\n'.repeat(60_000), 'more than 50000 documents'],
  ['documents', 'a: 1\n---\n'.repeat(60_000), 'more than 50000 documents'],
  ['JSON values', '{} '.repeat(60_000), 'more than 50000 JSON values'],
  ['lines', `a: |\n${' b\n'.repeat(1_000_000)}`, 'more than 1000000 lines'],
  ['empty lines', '\n'.repeat(1_000_001), 'more than 1000000 lines'],
  ['values', `[${'1,'.repeat(1_100_000)}]\n# no JSON`, 'more than 1000000 values'],
])('parseDocuments refuses too many %s', { timeout: 30_000 }, (_, text, message) => {
  expect(() => parseDocuments(text)).toThrow(
    expect.objectContaining({ code: 'YAML_TOO_LARGE', message: expect.stringContaining(message) }),
  );
});
