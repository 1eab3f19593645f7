import { expect, test } from 'vitest';
import type { Fingerprint } from '../../../../shared/certificate/fingerprint.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { RECEIPT_ANNOTATION } from '../../../../shared/resources/names.ts';
import { carryReceipt, digestOf, makeReceipt, type Receipt, readReceipt } from '../../../../shared/sealing/receipt.ts';
import { firstCertificate, secondCertificate } from '../../../support/test-secrets.ts';

const first = firstCertificate.fingerprint;
const second = secondCertificate.fingerprint;
const place = { scope: 'strict', namespace: 'shop', name: 'db' } as const;

function values(entries: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  return new Map(Object.entries(entries).map(([name, text]) => [name, encodeUtf8(text)]));
}

function read(text: string): Receipt | null {
  return readReceipt({ annotations: { [RECEIPT_ANNOTATION]: text } });
}

async function made(entries: Readonly<Record<string, string>>, key: Fingerprint = first): Promise<Receipt> {
  return read(await makeReceipt(place, new Map([[key, values(entries)]]))) as Receipt;
}

test('makeReceipt writes the documented form, in an order that does not depend on the input', async () => {
  const text = await makeReceipt(place, new Map([[first, values({ b: 'x', a: '' })]]));
  expect(text).toBe(
    `{"v":1,"scope":"strict","namespace":"shop","name":"db","keys":{"${first}":{"a":"47DEQpj8HBSa-_TImW-5JA","b":"LXEWQrcmsEQBYnyp-6wy9Q"}}}`,
  );
  const turned = await makeReceipt(place, new Map([[first, values({ a: '', b: 'x' })]]));
  expect(turned).toBe(text);
});

test.each([
  ['namespace-wide', { scope: 'namespace-wide', namespace: 'shop', name: '' }],
  ['cluster-wide', { scope: 'cluster-wide', namespace: '', name: '' }],
] as const)('makeReceipt names of a %s place only what it binds to', async (scope, expected) => {
  const text = await makeReceipt({ ...place, scope }, new Map());
  expect(text.includes('db')).toBe(false);
  expect(read(text)).toEqual({ ...expected, items: new Map() });
});

test('readReceipt reads back what makeReceipt wrote, __proto__ included', async () => {
  const text = await makeReceipt(place, new Map([[first, new Map([['__proto__', encodeUtf8('x')]])]]));
  const digest = await digestOf(encodeUtf8('x'));
  expect(read(text)?.items).toEqual(new Map([['__proto__', { fingerprint: first, digest }]]));
});

const KEY = `"${first}"`;
test.each([
  ['no JSON', '{"v":1'],
  ['a list', '[]'],
  ['no version', '{"scope":"cluster-wide","keys":{}}'],
  ['another version', '{"v":2,"scope":"cluster-wide","keys":{}}'],
  ['an unknown scope', '{"v":1,"scope":"toString","keys":{}}'],
  ['a namespace of another kind', '{"v":1,"scope":"strict","namespace":7,"name":"a","keys":{}}'],
  ['no keys', '{"v":1,"scope":"cluster-wide"}'],
  ['keys of another kind', '{"v":1,"scope":"cluster-wide","keys":[]}'],
  ['a key that is no fingerprint', '{"v":1,"scope":"cluster-wide","keys":{"__proto__":{}}}'],
  ['items of another kind', `{"v":1,"scope":"cluster-wide","keys":{${KEY}:"x"}}`],
  ['a digest of another form', `{"v":1,"scope":"cluster-wide","keys":{${KEY}:{"a":"x"}}}`],
  [
    'an item under two keys',
    `{"v":1,"scope":"cluster-wide","keys":{${KEY}:{"a":"47DEQpj8HBSa-_TImW-5JA"},"${second}":{"a":"47DEQpj8HBSa-_TImW-5JA"}}}`,
  ],
  ['a very long text', `{"v":1,"scope":"cluster-wide","keys":{}}${' '.repeat(128 * 1024)}`],
])('readReceipt refuses %s', (_name, text) => {
  expect(read(text)).toBeNull();
});

test('readReceipt finds none in objects without one, or with one that is no text', () => {
  expect(readReceipt({})).toBeNull();
  expect(readReceipt({ annotations: null })).toBeNull();
  expect(readReceipt({ annotations: { [RECEIPT_ANNOTATION]: 7 as unknown as string } })).toBeNull();
});

test('carryReceipt removes, renames and adds items, and keeps the others as they were', async () => {
  const before = await made({ a: '1', b: '2', c: '3' });
  const text = await carryReceipt(before, {
    removed: ['a'],
    renamed: new Map([
      ['b', 'z'],
      ['none', 'y'],
    ]),
    sealed: { fingerprint: second, values: values({ d: '4' }) },
  });
  expect(read(text)).toEqual({
    ...before,
    items: new Map([
      ['c', before.items.get('c')],
      ['z', before.items.get('b')],
      ['d', { fingerprint: second, digest: await digestOf(encodeUtf8('4')) }],
    ]),
  });
});

test('carryReceipt gives an item that is sealed anew to its new key, and the object its new place', async () => {
  const before = await made({ a: '1' });
  const text = await carryReceipt(before, {
    place: { scope: 'namespace-wide', namespace: 'pay', name: 'db' },
    sealed: { fingerprint: second, values: values({ a: '2' }) },
  });
  expect(text).toBe(
    await makeReceipt({ scope: 'namespace-wide', namespace: 'pay', name: '' }, new Map([[second, values({ a: '2' })]])),
  );
});
