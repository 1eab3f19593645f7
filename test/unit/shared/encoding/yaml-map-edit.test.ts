import { describe, expect, test } from 'vitest';
import type { TextEdit } from '../../../../shared/encoding/text-edit.ts';
import { parseDocuments } from '../../../../shared/encoding/yaml-documents.ts';
import { editDocuments } from '../../../../shared/encoding/yaml-map-edit.ts';

const DATA = ['spec', 'encryptedData'];

function edit(text: string, edits: readonly TextEdit[], path: readonly string[] = DATA): string {
  const [document] = parseDocuments(text);
  if (document === undefined) throw new Error('the text holds no document');
  return editDocuments(text, [{ document, path, edits }]);
}

const set = (key: string, value: string): TextEdit => ({ kind: 'set', key, value });
const remove = (key: string): TextEdit => ({ kind: 'remove', key });
const rename = (key: string, to: string): TextEdit => ({ kind: 'rename', key, to });

const BLOCK = `# top
spec:
  # before
  encryptedData:
    # of a
    a: AQ1 # beside a
    # of c
    "c": 'AQ3'
  # after
  template: {}
`;

describe('a block map', () => {
  test('keeps quotes and comments of a value that is set', () => {
    expect(edit(BLOCK, [set('a', 'AQ9'), set('c', 'x')])).toBe(BLOCK.replace('AQ1', 'AQ9').replace('AQ3', 'x'));
  });

  test('takes a new key in its order, as its sibling is written', () => {
    expect(edit(BLOCK, [set('b', 'AQ2')])).toBe(BLOCK.replace('beside a\n', 'beside a\n    b: AQ2\n'));
    expect(edit(BLOCK, [set('d', 'AQ4')])).toBe(BLOCK.replace("'AQ3'\n", "'AQ3'\n    \"d\": 'AQ4'\n"));
  });

  test('takes a new first key before the comments of the old one', () => {
    expect(edit(BLOCK, [set('A', 'AQ0')])).toBe(BLOCK.replace('    # of a\n', '    A: AQ0\n    # of a\n'));
  });

  test('takes a new key at its end when it is not sorted', () => {
    expect(edit('spec:\n  encryptedData:\n    b: x\n    a: y\n', [set('aa', 'z')])).toBe(
      'spec:\n  encryptedData:\n    b: x\n    a: y\n    aa: z\n',
    );
  });

  test('loses the lines of a removed entry and no others', () => {
    expect(edit(BLOCK, [remove('a')])).toBe(BLOCK.replace('    a: AQ1 # beside a\n', ''));
    expect(edit(BLOCK, [remove('c')])).toBe(BLOCK.replace('    "c": \'AQ3\'\n', ''));
  });

  test('is written as {} when its last entry goes, and again in lines when one comes', () => {
    const text = 'spec:\n  encryptedData: # note\n    a: AQ1\n  template: {}\n';
    const empty = 'spec:\n  encryptedData: {} # note\n  template: {}\n';
    expect(edit(text, [remove('a')])).toBe(empty);
    expect(edit(empty, [set('a', 'AQ1')])).toBe(text);
    expect(edit(text, [remove('a'), set('b', 'AQ2')])).toBe(text.replace('a: AQ1', 'b: AQ2'));
  });

  test('keeps place and quotes of a renamed key', () => {
    expect(edit(BLOCK, [rename('c', 'z')])).toBe(BLOCK.replace('"c"', '"z"'));
    expect(edit(BLOCK, [rename('a', 'true')])).toBe(BLOCK.replace('a: AQ1', '"true": AQ1'));
  });

  test('turns a block scalar, a folded text and an alias into one plain line', () => {
    const text =
      'x: &v AQ0\nspec:\n  encryptedData:\n    a: | # note\n      AQ\n      B\n    b: AQ\n      C\n    c: *v\n';
    expect(edit(text, [set('a', '1a'), set('b', '2b'), set('c', '3c')])).toBe(
      'x: &v AQ0\nspec:\n  encryptedData:\n    a: 1a # note\n    b: 2b\n    c: 3c\n',
    );
  });

  test('may hold nothing, null or {}, or be missing', () => {
    const filled = 'spec:\n  encryptedData:\n    a: AQ1\n  x: y\n';
    for (const nothing of ['', ' null', ' ~', ' {}', ' { }']) {
      expect(edit(`spec:\n  encryptedData:${nothing}\n  x: y\n`, [set('a', 'AQ1')])).toBe(filled);
    }
    expect(edit('spec:\n  x: y\n', [set('a', 'AQ1')])).toBe(filled);
    expect(edit('kind: x\n', [set('a', 'AQ1')])).toBe('kind: x\nspec:\n  encryptedData:\n    a: AQ1\n');
    expect(edit('spec:\n', [set('a', 'AQ1')])).toBe('spec:\n  encryptedData:\n    a: AQ1\n');
  });

  test('may be the item of a list, beside its dash', () => {
    const list = 'items:\n- a: x\n  b: y\n-   c: z\n';
    expect(edit(list, [remove('a')], ['items', '0'])).toBe('items:\n- b: y\n-   c: z\n');
    expect(edit(list, [remove('c')], ['items', '1'])).toBe('items:\n- a: x\n  b: y\n-   {}\n');
    expect(edit(list, [set('d', 'w')], ['items', '1'])).toBe(`${list}    d: w\n`);
  });

  test('keeps line endings, byte-order mark and a missing final line break', () => {
    const text = '\ufeffspec:\r\n  encryptedData:\r\n    a: AQ1\r\n    b: AQ2';
    expect(edit(text, [set('c', 'AQ3')])).toBe(`${text}\r\n    c: AQ3`);
    expect(edit(text, [set('aa', 'AQ3'), remove('a')])).toBe(
      '\ufeffspec:\r\n  encryptedData:\r\n    aa: AQ3\r\n    b: AQ2',
    );
    expect(edit('\ufeffa: x\nb: y\n', [remove('a')], [])).toBe('\ufeffb: y\n');
  });
});

describe('a map in brackets', () => {
  const flow = 'spec: {encryptedData: {a: AQ1, b: "AQ2"}, x: y}\n';

  test('changes, takes and loses entries on its line', () => {
    expect(edit(flow, [set('b', 'n')])).toBe(flow.replace('AQ2', 'n'));
    expect(edit(flow, [remove('a')])).toBe(flow.replace('a: AQ1, ', ''));
    expect(edit(flow, [remove('b')])).toBe(flow.replace(', b: "AQ2"', ''));
    expect(edit(flow, [remove('a'), remove('b')])).toBe(flow.replace('a: AQ1, b: "AQ2"', ''));
    expect(edit(flow, [set('aa', '[x]')])).toBe(flow.replace('b: ', 'aa: "[x]", b: '));
    expect(edit(flow, [set('c', 'x')])).toBe(flow.replace('"AQ2"', '"AQ2", c: "x"'));
  });

  test('keeps JSON without blanks as it is', () => {
    const json = '{"spec":{"encryptedData":{"a":"1"}}}';
    expect(edit(json, [set('b', '2')])).toBe('{"spec":{"encryptedData":{"a":"1","b":"2"}}}');
    expect(edit(json, [remove('a')])).toBe('{"spec":{"encryptedData":{}}}');
    expect(edit('{"spec":{}}', [set('a', '1')])).toBe('{"spec":{"encryptedData":{"a":"1"}}}');
  });

  test('keeps the lines of indented JSON', () => {
    const json = '{\n  "spec": {\n    "encryptedData": {\n      "a": "1",\n      "c": "3"\n    }\n  }\n}\n';
    expect(edit(json, [set('b', '2')])).toBe(json.replace('"c"', '"b": "2",\n      "c"'));
    expect(edit(json, [set('d', '4')])).toBe(json.replace('"3"\n', '"3",\n      "d": "4"\n'));
    expect(edit(json, [remove('a')])).toBe(json.replace('      "a": "1",\n', ''));
    expect(edit(json, [remove('c')])).toBe(json.replace('"1",\n      "c": "3"\n', '"1"\n'));
    expect(edit(json, [set('k', 'v')], ['metadata', 'annotations'])).toBe(
      json.replace('  "spec"', '  "metadata": {\n    "annotations": {\n      "k": "v"\n    }\n  },\n  "spec"'),
    );
  });

  test('keeps comments and a comma behind the last entry', () => {
    const text = 'd: {\n  a: x, # of a\n  b: y, # of b\n}\n';
    expect(edit(text, [remove('b')], ['d'])).toBe('d: {\n  a: x, # of a\n}\n');
    expect(edit(text, [set('c', 'z')], ['d'])).toBe('d: {\n  a: x, # of a\n  b: y, # of b\n  c: z,\n}\n');
    const bare = 'd: {\n  a: x, # of a\n  b: y # of b\n}\n';
    expect(edit(bare, [remove('b')], ['d'])).toBe('d: {\n  a: x # of a\n}\n');
    expect(edit(bare, [set('c', 'z')], ['d'])).toBe('d: {\n  a: x, # of a\n  b: y, # of b\n  c: z\n}\n');
  });
});

describe('an edit is refused', () => {
  const refusal = (text: string, edits: readonly TextEdit[], path: readonly string[] = DATA) => {
    return expect(() => edit(text, edits, path)).toThrow(expect.objectContaining({ code: 'YAML_EDIT_REFUSED' }));
  };

  test('for a key that is not there, or a name that is taken', () => {
    refusal(BLOCK, [remove('z')]);
    refusal(BLOCK, [rename('z', 'y')]);
    refusal(BLOCK, [rename('a', 'c')]);
    refusal(BLOCK, [remove('a'), remove('a')]);
  });

  test('when it would change another place, too', () => {
    refusal('spec:\n  encryptedData: &e\n    a: x\n  other: *e\n', [set('a', 'y')]);
    refusal('spec:\n  encryptedData:\n    a: &v x\n    b: *v\n', [set('a', 'y')]);
  });

  test('for aliases, explicit keys and values on the way', () => {
    refusal('x: &e {a: b}\nspec:\n  encryptedData: *e\n', [set('a', 'y')]);
    refusal('spec:\n  encryptedData:\n    ? a\n    : x\n', [set('a', 'y')]);
    refusal('spec:\n  encryptedData: text\n', [set('a', 'y')]);
    refusal('spec: [1]\n', [set('a', 'y')]);
    refusal('spec: [1]\n', [set('a', 'y')], ['spec', '2', 'x']);
    refusal('spec: [1]\n', [set('a', 'y')], ['spec', '-1', 'x']);
  });

  test('without a word of the values', () => {
    expect(() => edit('spec:\n  encryptedData: hunter2\n', [set('a', 'y')])).toThrow(/^(?!.*hunter2)/);
  });
});

test('editDocuments changes several maps of several documents, and nothing between them', () => {
  const text = 'a:\n  k: 1x # one\n--- # two\n{"b": {"k": "2"}}\n---\n# three\nc: {}\n';
  const [a, b, c] = parseDocuments(text);
  if (a === undefined || b === undefined || c === undefined) throw new Error('three documents were expected');
  const edited = editDocuments(text, [
    { document: c, path: ['c'], edits: [set('k', 'v')] },
    { document: a, path: ['a'], edits: [set('k', 'one')] },
    { document: a, path: ['z'], edits: [set('k', 'new')] },
    { document: b, path: ['b'], edits: [remove('k')] },
  ]);
  expect(edited).toBe('a:\n  k: one # one\nz:\n  k: new\n--- # two\n{"b": {}}\n---\n# three\nc:\n  k: v\n');
});

test('a key named __proto__ is a key like any other', () => {
  const text = 'd:\n  __proto__: x\n  b: y\n';
  expect(edit(text, [set('__proto__', 'z')], ['d'])).toBe('d:\n  __proto__: z\n  b: y\n');
  expect(edit(text, [remove('__proto__')], ['d'])).toBe('d:\n  b: y\n');
  expect(edit('d: {}\n', [set('__proto__', 'z')], ['d'])).toBe('d:\n  __proto__: z\n');
});
