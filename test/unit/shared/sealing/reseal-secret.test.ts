import { expect, test } from 'vitest';
import { encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { checkReceipt, keysByItem } from '../../../../shared/sealing/check-receipt.ts';
import { Keyring, type OpeningKey } from '../../../../shared/sealing/keyring.ts';
import { canOpen } from '../../../../shared/sealing/open-sealed.ts';
import { type Receipt, readReceipt } from '../../../../shared/sealing/receipt.ts';
import { type Resealed, resealItems, withResealed } from '../../../../shared/sealing/reseal-secret.ts';
import { labelOf, SCOPES } from '../../../../shared/sealing/scope.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { unsealItems } from '../../../../shared/sealing/unseal-secret.ts';
import { sealValue } from '../../../../shared/sealing/value-cipher.ts';
import {
  bothRing,
  firstCertificate,
  firstRing,
  sealedOf,
  secondCertificate,
  secondKey,
  secretOf,
  withItems,
  withMetadata,
} from '../../../support/test-secrets.ts';

const secondRing = new Keyring([secondKey]);

async function resealed(sealed: SealedSecret, options = {}): Promise<Resealed> {
  const result = await resealItems(sealed, bothRing, secondCertificate, options);
  if (result.kind === 'failed') throw new Error(result.failures[0].message);
  return result;
}

async function plaintexts(sealed: SealedSecret, ring: Keyring<OpeningKey>): Promise<Record<string, string | null>> {
  const result = await unsealItems(sealed, ring as Keyring);
  if (result.kind === 'failed') throw new Error(result.failures[0].message);
  return Object.fromEntries([...result.items].map(([key, value]) => [key, decodeUtf8(value.expose())]));
}

test.each(SCOPES)('resealItems seals every value to the new key, for the same %s place', async (scope) => {
  const sealed = await sealSecret(secretOf({ b: 'two', a: '' }), { certificate: firstCertificate, scope });
  const result = await resealed(sealed);
  expect(result.items).toEqual(new Set(['a', 'b']));
  const after = withResealed(sealed, result);
  expect(await plaintexts(after, secondRing)).toEqual({ a: '', b: 'two' });
  const moved = withMetadata(after, { ...after.metadata, namespace: 'pay', name: 'x' });
  expect(await canOpen(moved, secondRing)).toBe(scope === 'cluster-wide');
});

test('resealItems keeps the order of items, and withResealed everything else of the object', async () => {
  const { spec, ...rest } = await sealedOf({ a: '1', b: '2' });
  const { a, b } = spec.encryptedData;
  const template = { data: { x: '{{ .a | fail }}' }, metadata: { labels: { k: 'v' } }, odd: [1] };
  const odd = {
    ...rest,
    spec: { encryptedData: { b, a }, template, other: 1 },
    status: { conditions: [] },
    more: true,
  };
  const after = withResealed(odd as unknown as SealedSecret, await resealed(odd as unknown as SealedSecret));
  expect(Object.keys(after.spec.encryptedData)).toEqual(['b', 'a']);
  const { metadata } = after;
  expect({ ...after, spec: { ...after.spec, encryptedData: { b, a } } }).toEqual({ ...odd, metadata });
  expect({ ...metadata, annotations: {} }).toEqual({ ...odd.metadata, annotations: {} });
});

test('resealItems makes a receipt of the new values, which withResealed puts in place of the old one only', async () => {
  const sealed = await sealedOf({ a: '1', b: '2' });
  const result = await resealed(sealed);
  const after = withResealed(sealed, result);
  const receipt = readReceipt(after.metadata) as Receipt;
  expect(await checkReceipt(after, receipt)).toEqual([]);
  expect(new Set((await keysByItem(after, receipt)).values())).toEqual(new Set([secondKey.fingerprint]));
  const bare = withMetadata(sealed, { name: 'db', namespace: 'shop' });
  expect(withResealed(bare, result).metadata).toEqual({ name: 'db', namespace: 'shop' });
});

test('resealItems leaves what is current as it is when it is told to', async () => {
  const [old, recent] = [await sealedOf({ a: '1', b: '2' }), await sealedOf({ b: '3' }, secondCertificate)];
  const mixed = withItems(old, { a: old.spec.encryptedData['a'], b: recent.spec.encryptedData['b'] });
  const result = await resealed(mixed, { keepCurrent: true });
  expect(result.items).toEqual(new Set(['a']));
  const after = withResealed(mixed, result);
  expect(after.spec.encryptedData['b']).toBe(mixed.spec.encryptedData['b']);
  expect(await checkReceipt(after, readReceipt(after.metadata) as Receipt)).toEqual([]);
  expect(await plaintexts(after, secondRing)).toEqual({ a: '1', b: '3' });
  expect((await resealed(mixed)).items).toEqual(new Set(['a', 'b']));
});

test('resealItems seals nothing when one item does not open, and says why', async () => {
  const [ours, theirs] = [await sealedOf({ a: '1' }), await sealedOf({ b: '2' }, secondCertificate)];
  const mixed = withItems(ours, { ...ours.spec.encryptedData, ...theirs.spec.encryptedData });
  const result = await resealItems(mixed, firstRing, firstCertificate);
  expect(result).toMatchObject({ kind: 'failed', failures: [{ item: 'b', code: 'SEALED_KEY_NOT_FOUND' }] });
  const renamed = withMetadata(ours, { name: 'other', namespace: 'shop' });
  expect(await resealItems(renamed, firstRing, secondCertificate)).toMatchObject({
    kind: 'failed',
    failures: [{ item: 'a', code: 'SEALED_NAME_MISMATCH' }],
  });
  expect(await resealItems(renamed, firstRing, secondCertificate, { diagnose: false })).toMatchObject({
    kind: 'failed',
    failures: [{ item: 'a', code: 'SEALED_KEY_NOT_FOUND' }],
  });
});

test('resealItems keeps an item named __proto__', async () => {
  const sealed = await sealedOf({ a: '1' });
  const items = Object.fromEntries([['__proto__', sealed.spec.encryptedData['a']]]);
  const { spec } = await resealed(withItems(sealed, items));
  expect('encryptedData' in spec && Object.keys(spec.encryptedData)).toEqual(['__proto__']);
});

test('resealItems seals the deprecated form again where it stands', async () => {
  const label = labelOf('strict', 'shop', 'db');
  const value = await sealValue(firstCertificate, label, new SecretBytes(encodeUtf8('{"kind":"Secret"}')));
  const bare = withMetadata(await sealedOf({ a: '' }), { name: 'db', namespace: 'shop' });
  const v1 = { ...bare, spec: { data: encodeBase64(value) } } as unknown as SealedSecret;
  const result = await resealed(v1);
  expect([...result.items]).toEqual(['spec.data']);
  const after = withResealed(v1, result);
  expect(Object.keys(after.spec)).toEqual(['data']);
  expect([await canOpen(after, secondRing), await canOpen(after, firstRing)]).toEqual([true, false]);
  expect((await resealed(after, { keepCurrent: true })).spec).toEqual(after.spec);
  const both = { ...v1, spec: { ...v1.spec, encryptedData: { a: 'x' } } };
  expect((await resealItems(both, bothRing, secondCertificate)).kind).toBe('failed');
});

test.each([null, undefined, 7, 'x', [], {}])('resealItems and canOpen survive spec %j', async (spec) => {
  const sealed = { ...(await sealedOf({ a: '1' })), spec } as unknown as SealedSecret;
  const isFine = JSON.stringify(spec) === '{}';
  expect((await resealItems(sealed, firstRing, firstCertificate)).kind).toBe(isFine ? 'resealed' : 'failed');
  expect(await canOpen(sealed, firstRing)).toBe(isFine);
});

test('canOpen needs every item to open, under the very place of the object', async () => {
  const sealed = await sealedOf({ a: '1' });
  expect(await canOpen(sealed, firstRing)).toBe(true);
  expect(await canOpen(sealed, secondRing)).toBe(false);
  expect(await canOpen(sealed, new Keyring())).toBe(false);
  expect(await canOpen(withMetadata(sealed, { name: 'x', namespace: 'shop' }), firstRing)).toBe(false);
  expect(await canOpen(withItems(sealed, { ...sealed.spec.encryptedData, b: 'Zm9v' }), bothRing)).toBe(false);
});

test('canOpen asks no key more often than it is allowed to', async () => {
  const asked: string[] = [];
  const counting: OpeningKey = {
    ...secondKey,
    unwrap: (label, wrappedKey) => {
      asked.push('second');
      return secondKey.unwrap(label, wrappedKey);
    },
  };
  const items = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, '']));
  expect(await canOpen(await sealedOf(items), new Keyring([counting]), { maxMisses: 8 })).toBe(false);
  expect(asked.length).toBe(8);
});
