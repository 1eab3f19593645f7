import { expect, test } from 'vitest';
import { readSealedObject } from '../../../../controller/http/sealed-object.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';

const OBJECT = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  metadata: { name: 'db', namespace: 'shop' },
  spec: { encryptedData: { a: 'AAAA' } },
};

function read(value: unknown) {
  return readSealedObject(encodeUtf8(typeof value === 'string' ? value : JSON.stringify(value)));
}

test('readSealedObject takes JSON as it is, unknown fields and large numbers included', () => {
  const text = JSON.stringify({ ...OBJECT, extra: { deep: [null] }, big: 0 }).replace(
    '"big":0',
    '"big":9007199254740993',
  );
  expect(read(text)).toEqual({
    kind: 'sealed',
    sealed: { ...OBJECT, extra: { deep: [null] }, big: 9007199254740993n },
  });
});

test('readSealedObject takes YAML, with a marker and comments', () => {
  const text =
    '# x\n---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\nspec: {}\n---\n# end\n';
  expect(read(text).kind).toBe('sealed');
});

test.each([
  ['no text', new Uint8Array([0xff, 0xfe, 0x00])],
  ['nothing', ''],
  ['a comment', '# a'],
  ['null', 'null'],
  ['a text', '"x"'],
  ['a list', '[]'],
  ['a number', '7'],
  ['cut JSON', '{"a":'],
  ['tabs', 'a:\n\t- b'],
  ['a duplicate key', '{"kind":"SealedSecret","kind":"SealedSecret"}'],
  ['two objects', `${JSON.stringify(OBJECT)}\n---\n${JSON.stringify(OBJECT)}`],
  ['two objects of JSON', JSON.stringify(OBJECT).repeat(2)],
  ['another kind', { ...OBJECT, kind: 'Secret' }],
  ['another group', { ...OBJECT, apiVersion: 'v1' }],
  ['another version', { ...OBJECT, apiVersion: 'bitnami.com/v1' }],
  ['no metadata', { ...OBJECT, metadata: null }],
  ['no name', { ...OBJECT, metadata: { namespace: 'shop' } }],
  ['an empty name', { ...OBJECT, metadata: { name: '' } }],
  ['a name of two segments', { ...OBJECT, metadata: { name: 'a/b' } }],
  ['a namespace of two segments', { ...OBJECT, metadata: { name: 'a', namespace: 'b/c' } }],
  ['a number as a namespace', { ...OBJECT, metadata: { name: 'a', namespace: 7 } }],
  ['annotations of a list', { ...OBJECT, metadata: { name: 'a', annotations: [] } }],
  ['an annotation of a number', { ...OBJECT, metadata: { name: 'a', annotations: { b: 1 } } }],
  ['no spec', { ...OBJECT, spec: undefined }],
  ['a text as spec', { ...OBJECT, spec: 'x' }],
  ['items of a list', { ...OBJECT, spec: { encryptedData: ['x'] } }],
  ['an item of a number', { ...OBJECT, spec: { encryptedData: { a: 7 } } }],
  ['a number as the deprecated field', { ...OBJECT, spec: { data: 7 } }],
  ['deep nesting', '['.repeat(100_000)],
])('readSealedObject refuses %s', (_name, value) => {
  const result = value instanceof Uint8Array ? readSealedObject(value) : read(value);
  expect(result.kind).toBe('refused');
});

test('readSealedObject quotes no value in its reasons', () => {
  for (const text of [
    '{"a": hunter2 }',
    'a: "hunter2',
    'kind: hunter2',
    `{"kind":"SealedSecret","apiVersion":"hunter2"}`,
  ]) {
    expect(JSON.stringify(read(text))).not.toContain('hunter2');
  }
});

const HEAD = 'apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db, namespace: shop}\n';
const fromNames = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at));

test.each([
  [
    'items',
    `spec:\n  encryptedData:\n    a: &x ${'A'.repeat(368)}\n${fromNames(900, (at) => `    i${at}: *x\n`).join('')}`,
  ],
  [
    'merged items',
    `spec:\n  encryptedData:\n    <<: &x {a: ${'A'.repeat(9000)}}\nmore: [${fromNames(900, () => '*x').join()}]\n`,
  ],
  ['other fields', `spec: {}\nmore: [&x ${'A'.repeat(368)}, ${fromNames(900, () => '*x').join()}]\n`],
  [
    'lists',
    `spec: {}\na: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c]\n`,
  ],
])('readSealedObject refuses aliases that make many %s out of few bytes', (_what, text) => {
  expect(read(`${HEAD}${text}`)).toEqual({ kind: 'refused', reason: 'the object is too large with its aliases' });
});

test('readSealedObject takes the densest text without aliases, and aliases in small numbers', () => {
  const dense = `{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: d}, spec: {}, x: [${'[],'.repeat(50_000)}${'a,'.repeat(50_000)}{a,b,c}]}`;
  expect(read(dense).kind).toBe('sealed');
  expect(read(`${HEAD}spec: &s {encryptedData: {a: AAAA}}\nmore: *s\n`).kind).toBe('sealed');
});
