import { expect, test } from 'vitest';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import { replaceDocuments, stringifyLike } from '../../../../shared/encoding/yaml-edit.ts';
import { stringifyYaml } from '../../../../shared/encoding/yaml-output.ts';

/** `text` with its document number `at`, from 1, replaced. */
function edit(text: string, at: number, replacement: string): string {
  const document = parseDocuments(text).find(({ index }) => index === at);
  if (document === undefined) throw new Error(`no document ${at}`);
  return replaceDocuments(text, [{ document, replacement }]);
}

test.each([
  ['the only document', 'a: 1\n', 1, 'x: 9\n'],
  ['a document without a final line break', 'a: 1', 1, 'x: 9'],
  ['the first of two', 'a: 1\nb: 2\n---\nc: 3\n', 1, 'x: 9\n---\nc: 3\n'],
  ['the last of two', 'a: 1\n---\nc: 3', 2, 'a: 1\n---\nx: 9'],
  [
    'comments around it',
    '# 1\n---\n# 2\n\n  # 3\na: 1 # in\n# in\nb: 2\n\n# 4\n--- # 5\nc: 3\n',
    1,
    '# 1\n---\n# 2\n\n  # 3\nx: 9\n\n# 4\n--- # 5\nc: 3\n',
  ],
  ['a byte-order mark', '\ufeffa: 1\n', 1, '\ufeffx: 9\n'],
  [
    'end markers and directives',
    '%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nb: 2\n...\n',
    2,
    '%YAML 1.1\n---\na: 1\n...\n%YAML 1.1\n---\nx: 9\n...\n',
  ],
  ['content on the line of its marker', '--- {a: 1}\n--- {b: 2}\n', 1, '--- \nx: 9\n--- {b: 2}\n'],
  ['content that is indented', '  a: 1\n  b: 2\n---\nc: 3\n', 1, 'x: 9\n---\nc: 3\n'],
  ['empty documents before it', '---\n---\n# none\n---\na: 1\n', 3, '---\n---\n# none\n---\nx: 9\n'],
  ['trailing blanks at the markers', '---  \na: 1  \n---\t\nb: 2\n', 1, '---  \nx: 9\n---\t\nb: 2\n'],
])('replaceDocuments keeps %s', (_name, text, at, expected) => {
  expect(edit(text, at, 'x: 9\n')).toBe(expected);
});

test.each([
  ['CR LF', 'a: 1\r\n---\r\nb: 2\r\n', 1, 'x: |\r\n  p\r\n  q\r\n---\r\nb: 2\r\n'],
  ['CR LF without a final one', 'a: 1\r\n---\r\nb: 2', 2, 'a: 1\r\n---\r\nx: |\r\n  p\r\n  q'],
  ['CR alone', 'a: 1\r---\rb: 2\r', 1, 'x: |\r  p\r  q\r---\rb: 2\r'],
  ['LF for a replacement of the other kind', 'a: 1\n---\nb: 2\n', 1, 'x: |\n  p\n  q\n---\nb: 2\n'],
])('replaceDocuments keeps line endings: %s', (_name, text, at, expected) => {
  expect(edit(text, at, 'x: |\n  p\n  q\n')).toBe(expected);
  expect(edit(text, at, 'x: |\r\n  p\r\n  q\r\n')).toBe(expected);
});

test('replaceDocuments replaces one of several JSON values', () => {
  const text = '{"a":1}\n{"b":2} {"c":3}\n';
  expect(edit(text, 1, '{"x":9}\n')).toBe('{"x":9}\n{"b":2} {"c":3}\n');
  expect(parseDocuments(edit(text, 2, '{"x":9}'))).toMatchObject([
    { value: { a: 1 } },
    { value: { x: 9 } },
    { value: { c: 3 } },
  ]);
});

test('replaceDocuments replaces several documents, in any order', () => {
  const text = '# a\na: 1\n---\n# b\nb: 2\n---\n# c\nc: 3\n';
  const [first, , third] = parseDocuments(text);
  const replacements = [
    { document: first!, replacement: 'long: enough\nto: move\nthe: rest\n' },
    { document: third!, replacement: 'z: 26' },
  ];
  const expected = '# a\nlong: enough\nto: move\nthe: rest\n---\n# b\nb: 2\n---\n# c\nz: 26\n';
  expect(replaceDocuments(text, replacements)).toBe(expected);
  expect(replaceDocuments(text, replacements.toReversed())).toBe(expected);
  expect(replaceDocuments(text, [])).toBe(text);
});

test.each([
  ['nothing', 'a: 1\n', ''],
  ['a comment', 'a: 1\n', '# none\n'],
  ['two documents', 'a: 1\n', 'x: 9\n---\nz: 8\n'],
  ['YAML in a stream of JSON', '{"a":1}\n{"b":2}\n', 'x: 9\n'],
])('replaceDocuments refuses %s', (_name, text, replacement) => {
  expect(() => edit(text, 1, replacement)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^YAML_(EDIT_REFUSED|INVALID)$/) }),
  );
});

test('replaceDocuments refuses a document of another text', () => {
  const [document] = parseDocuments('aaaa: 1\n');
  expect(() => replaceDocuments('b: 2\nc: 3\n', [{ document: document!, replacement: 'x: 9' }])).toThrow(
    expect.objectContaining({ code: 'YAML_EDIT_REFUSED' }),
  );
});

test.each([
  ['{"a":1}', '{"x":[9]}'],
  ['{\n    "a": 1\n}', '{\n    "x": [\n        9\n    ]\n}'],
  ['{\n"a": 1}', '{\n  "x": [\n    9\n  ]\n}'],
  ['a: 1', 'x:\n- 9\n'],
  ['{a: 1}', 'x:\n- 9\n'],
])('stringifyLike writes as %j is written', (text, expected) => {
  const [document] = parseDocuments(text);
  expect(stringifyLike(text, document!, { x: [9] })).toBe(expected);
});

test('replaceDocuments takes no longer for a text of empty lines than for another', () => {
  const text = 'a: 1\n';
  const [document] = parseDocuments(text);
  const value = { a: `x${'\n'.repeat(200_000)}y` };
  const replacement = stringifyYaml(value);
  expect(replaceDocuments(text, [{ document: document!, replacement, value }])).toBe(replacement);
});

test('replaceDocuments copies a long text once, and not for each document', () => {
  // With a copy of the text for each of them this takes minutes.
  const comment = `# ${'kept '.repeat(200)}\n`.repeat(25_000);
  const text = `${comment}${'---\na: 1\n'.repeat(8_000)}`;
  const documents = parseDocuments(text, { maxBytes: Number.POSITIVE_INFINITY });
  const replacements = documents.map((document) => ({ document, replacement: 'b: 2\n' }));
  const edited = replaceDocuments(text, replacements, documents);
  expect(edited === `${comment}${'---\nb: 2\n'.repeat(8_000)}`).toBe(true);
});
