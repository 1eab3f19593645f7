import { expect, test } from 'vitest';
import type { Fingerprint } from '../../../../shared/certificate/fingerprint.ts';
import { decodeBase64, encodeBase64 } from '../../../../shared/encoding/base64.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import type { ItemFailure } from '../../../../shared/sealing/item-failure.ts';
import { Keyring, type OpeningKey } from '../../../../shared/sealing/keyring.ts';
import { SCOPES, type Scope, scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { unsealItems } from '../../../../shared/sealing/unseal-secret.ts';
import { LARGE_KEY, type TestKey } from '../../../support/test-keys.ts';
import {
  bothRing,
  firstCertificate,
  firstKey,
  firstRing,
  sealedOf,
  sealingKeyOf,
  secondCertificate,
  secretOf,
  withItems,
  withMetadata,
} from '../../../support/test-secrets.ts';

async function failuresOf(
  sealed: SealedSecret,
  ring: Keyring<OpeningKey> = firstRing,
): Promise<readonly ItemFailure[]> {
  const result = await unsealItems(sealed, ring);
  return result.kind === 'failed' ? result.failures : [];
}

function placed(scope: Scope, metadata: ObjectMeta = { name: 'db', namespace: 'shop' }): ObjectMeta {
  return { ...metadata, annotations: scopeAnnotations(scope) };
}

const pairs = SCOPES.flatMap((sealedAs) =>
  SCOPES.filter((other) => other !== sealedAs).map((says) => [sealedAs, says] as const),
);

test.each(pairs)(
  'diagnoseItems tells that a value was sealed as %s where the object says %s',
  async (sealedAs, says) => {
    const sealed = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate, scope: sealedAs });
    expect(await failuresOf(withMetadata(sealed, placed(says)))).toMatchObject([
      {
        item: 'a',
        code: 'SEALED_SCOPE_MISMATCH',
        message: `cannot unseal item "a": no key could decrypt secret: sealed as ${sealedAs}, the object says ${says}`,
        hint: expect.stringContaining('on the SealedSecret, or seal the Secret again'),
      },
    ]);
  },
);

test('diagnoseItems finds the scope under an older key', async () => {
  const sealed = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate, scope: 'cluster-wide' });
  expect(await failuresOf(withMetadata(sealed, placed('strict')), bothRing)).toMatchObject([
    { code: 'SEALED_SCOPE_MISMATCH' },
  ]);
});

test('diagnoseItems tells from the template that an object was renamed', async () => {
  const sealed = await sealedOf({ a: 'x' });
  expect(await failuresOf(withMetadata(sealed, placed('strict', { name: 'db2', namespace: 'shop' })))).toMatchObject([
    { code: 'SEALED_NAME_MISMATCH', reason: 'sealed for "shop/db", the object is "shop/db2"' },
  ]);
});

test('diagnoseItems tells from the template that an object was moved', async () => {
  const sealed = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate, scope: 'namespace-wide' });
  const moved = withMetadata(sealed, placed('namespace-wide', { name: 'other', namespace: 'dev' }));
  expect(await failuresOf(moved)).toMatchObject([
    { code: 'SEALED_NAME_MISMATCH', reason: 'sealed for "shop", the object is "dev"' },
  ]);
});

test('diagnoseItems cannot tell another name from another key without the template', async () => {
  const sealed = await sealedOf({ a: 'x' });
  const renamed: SealedSecret = {
    ...sealed,
    metadata: { name: 'db2', namespace: 'shop' },
    spec: { encryptedData: sealed.spec.encryptedData },
  };
  expect(await failuresOf(renamed)).toMatchObject([
    { code: 'SEALED_KEY_NOT_FOUND', reason: 'tried one key, strict for "shop/db2"' },
  ]);
});

test('diagnoseItems says key not found for a value of a key that is not there', async () => {
  const sealed = withMetadata(await sealedOf({ a: 'x', b: 'y' }, secondCertificate), placed('strict'));
  expect(await failuresOf(sealed)).toMatchObject([
    { item: 'a', code: 'SEALED_KEY_NOT_FOUND', problem: 'no key could decrypt secret' },
    { item: 'b', code: 'SEALED_KEY_NOT_FOUND' },
  ]);
});

test('diagnoseItems says when a missing namespace may be the cause', async () => {
  const sealed = await sealedOf({ a: 'x' }, secondCertificate);
  expect(await failuresOf(withMetadata(sealed, { name: 'db' }))).toMatchObject([
    { reason: 'tried one key, and the object names no namespace' },
  ]);
});

test('diagnoseItems judges each failing item by itself', async () => {
  const wide = await sealSecret(secretOf({ a: 'x', c: 'z' }), { certificate: firstCertificate, scope: 'cluster-wide' });
  const foreign = await sealedOf({ b: 'y' }, secondCertificate);
  const strict = await sealedOf({ d: 'fine' });
  const items = { ...wide.spec.encryptedData, ...foreign.spec.encryptedData, ...strict.spec.encryptedData };
  const failures = await failuresOf(withItems(strict, items));
  expect(failures.map(({ item, code }) => [item, code])).toEqual([
    ['a', 'SEALED_SCOPE_MISMATCH'],
    ['b', 'SEALED_KEY_NOT_FOUND'],
    ['c', 'SEALED_SCOPE_MISMATCH'],
  ]);
});

test('diagnoseItems looks beyond an item whose key is not there', async () => {
  const foreign = await sealedOf({ a: 'x' }, secondCertificate);
  const wide = await sealSecret(secretOf({ b: 'y' }), { certificate: firstCertificate, scope: 'cluster-wide' });
  const items = { ...foreign.spec.encryptedData, ...wide.spec.encryptedData };
  const failures = await failuresOf(withItems(withMetadata(foreign, placed('strict')), items));
  expect(failures.map(({ item, code }) => [item, code])).toEqual([
    ['a', 'SEALED_KEY_NOT_FOUND'],
    ['b', 'SEALED_SCOPE_MISMATCH'],
  ]);
});

test('a failing object costs one search of the ring and 32 tries more, however many items and keys there are', async () => {
  let tries = 0;
  const many = Array.from({ length: 40 }, (_, index): OpeningKey => {
    const unwrap = async () => {
      tries += 1;
      return null;
    };
    return { ...firstKey, fingerprint: `SHA256:${index}` as OpeningKey['fingerprint'], unwrap };
  });
  const data = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`item-${index}`, 'x']));
  const places = Array.from({ length: 50 }, (_, index) => ({ namespace: `ns-${index}`, name: 'db' }));
  const result = await unsealItems(await sealedOf(data), new Keyring(many), { places: () => places });
  expect(result.kind === 'failed' && result.failures.length).toBe(100);
  expect(tries).toBe(40 + 32);
});

const strip = (sealed: SealedSecret, name: string, namespace: string): SealedSecret => ({
  ...sealed,
  metadata: { name, namespace },
  spec: { encryptedData: sealed.spec.encryptedData },
});

test.each([
  ['namespace', 'db', 'staging', [{ namespace: 'shop', name: 'db' }]],
  ['name', 'db-copy', 'shop', [{ namespace: 'shop', name: 'db' }]],
])(
  'diagnoseItems recognises the %s that it was copied from among those that are known',
  async (_what, name, namespace, places) => {
    const copied = strip(await sealedOf({ a: 'x' }), name, namespace);
    const unknown = [{ namespace: 'elsewhere', name: 'other' }];
    const result = await unsealItems(copied, firstRing, { places: () => [...unknown, ...places] });
    expect(result).toMatchObject({
      failures: [
        { code: 'SEALED_NAME_MISMATCH', reason: `sealed for "shop/db", the object is "${namespace}/${name}"` },
      ],
    });
  },
);

/** {@link firstKey} behind so many newer keys that open nothing. */
function longRing(newer: number): Keyring<OpeningKey> {
  const keys = Array.from({ length: newer }, (_, index): OpeningKey => {
    const fingerprint = `SHA256:${index}` as OpeningKey['fingerprint'];
    return { ...firstKey, fingerprint, createdAt: new Date('2027-01-01T00:00:00Z'), unwrap: async () => null };
  });
  return new Keyring<OpeningKey>([firstKey, ...keys]);
}

test('diagnoseItems asks the keys first that open what stands in a known place, the own one included', async () => {
  const keys = [firstCertificate.fingerprint];
  const copied = strip(await sealedOf({ a: 'x' }), 'db', 'staging');
  const origin = { namespace: 'shop', name: 'db' };
  expect(await unsealItems(copied, longRing(40), { places: () => [{ ...origin, keys }] })).toMatchObject({
    failures: [{ code: 'SEALED_NAME_MISMATCH', reason: 'sealed for "shop/db", the object is "staging/db"' }],
  });
  const wide = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate, scope: 'cluster-wide' });
  expect(
    await unsealItems(strip(wide, 'db', 'shop'), longRing(40), { places: () => [{ ...origin, keys }] }),
  ).toMatchObject({
    failures: [{ code: 'SEALED_SCOPE_MISMATCH', reason: 'sealed as cluster-wide, the object says strict' }],
  });
});

test('diagnoseItems says from the receipt that scope and place are others', async () => {
  const wide = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate, scope: 'namespace-wide' });
  const [[receipt, text] = ['', '']] = Object.entries(wide.metadata.annotations ?? {}).filter(([name]) =>
    name.includes('receipt'),
  );
  const moved = strip(wide, 'db', 'dev');
  const annotated = withMetadata(moved, { ...moved.metadata, annotations: { [receipt]: text } });
  expect(await failuresOf(annotated)).toMatchObject([
    {
      code: 'SEALED_NAME_MISMATCH',
      reason: 'sealed as namespace-wide, the object says strict, and sealed for "shop", the object is "dev"',
    },
  ]);
});

test('diagnoseItems tells a retired key and a key of another cluster apart by the receipt', async () => {
  const foreign = await sealedOf({ a: 'x' }, secondCertificate);
  const codes = async (retired: readonly string[]) => {
    const surroundings = { retired: new Set(retired as Fingerprint[]) };
    const result = await unsealItems(foreign, firstRing, surroundings);
    return result.kind === 'failed' && result.failures;
  };
  expect(await codes([])).toMatchObject([
    { code: 'SEALED_KEY_ELSEWHERE', reason: expect.stringContaining(secondCertificate.fingerprint) },
  ]);
  expect(await codes([secondCertificate.fingerprint])).toMatchObject([
    {
      code: 'SEALED_KEY_RETIRED',
      reason: expect.stringMatching(/^sealed to a retired key, as its receipt says, SHA256:/),
      hint: expect.stringContaining('signet keys unretire SHA256:'),
    },
  ]);
});

test('diagnoseItems tells a retired key also when no key of its size is left', async () => {
  const foreign = await sealedOf({ a: 'x' }, secondCertificate);
  const surroundings = { retired: new Set([secondCertificate.fingerprint]) };
  const result = await unsealItems(foreign, new Keyring<OpeningKey>(), surroundings);
  expect(result).toMatchObject({ failures: [{ code: 'SEALED_KEY_RETIRED' }] });
});

test('diagnoseItems says that there are no keys also of an item whose receipt names one', async () => {
  const [failure] = await failuresOf(await sealedOf({ a: 'x' }), new Keyring<OpeningKey>());
  expect(failure).toMatchObject({
    code: 'SEALED_NO_KEYS',
    reason: `there are no keys to try; its receipt names ${firstCertificate.fingerprint}`,
    hint: expect.stringMatching(/signet keys restore FILE/),
  });
  expect(failure?.hint).not.toContain('signet seal');
});

/** The first item of `sealed` with one bit of its RSA block flipped. */
function flipped(sealed: SealedSecret): SealedSecret {
  const bytes = decodeBase64(sealed.spec.encryptedData['a'] ?? '');
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  return withItems(sealed, { a: encodeBase64(bytes) });
}

test('diagnoseItems tells a flipped bit from a missing key where there is a receipt', async () => {
  const sealed = await sealedOf({ a: 'x' });
  expect(await failuresOf(flipped(sealed))).toMatchObject([{ code: 'SEALED_VALUE_CHANGED' }]);
  const bare = withMetadata(flipped(sealed), placed('strict'));
  expect(await failuresOf(bare)).toMatchObject([{ code: 'SEALED_KEY_NOT_FOUND' }]);
  expect(await failuresOf(flipped(sealed), new Keyring<OpeningKey>())).toMatchObject([{ code: 'SEALED_NO_KEYS' }]);
});

test.each<[string, readonly TestKey[], string]>([
  ['that there are no keys', [], 'there are no keys to try'],
  [
    'which sizes the ring holds when none fits',
    [LARGE_KEY],
    'sealed with a 2048-bit key, the ring holds 4096-bit keys',
  ],
])('diagnoseItems says %s', async (_what, keys, reason) => {
  const ring = new Keyring(await Promise.all(keys.map((key) => sealingKeyOf(key))));
  const bare = withMetadata(await sealedOf({ a: 'x' }), placed('strict'));
  expect(await failuresOf(bare, ring)).toMatchObject([
    {
      message: `cannot unseal item "a": no key could decrypt secret: ${reason}`,
      hint: expect.stringContaining('signet '),
    },
  ]);
});
