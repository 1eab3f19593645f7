import { expect, test } from 'vitest';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import type { ItemFailure } from '../../../../shared/sealing/item-failure.ts';
import { Keyring, type OpeningKey } from '../../../../shared/sealing/keyring.ts';
import { SCOPES, type Scope, scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { unsealItems } from '../../../../shared/sealing/unseal-secret.ts';
import {
  bothRing,
  firstCertificate,
  firstKey,
  firstRing,
  sealedOf,
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
  const sealed = await sealedOf({ a: 'x', b: 'y' }, secondCertificate);
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
  const failures = await failuresOf(withItems(foreign, items));
  expect(failures.map(({ item, code }) => [item, code])).toEqual([
    ['a', 'SEALED_KEY_NOT_FOUND'],
    ['b', 'SEALED_SCOPE_MISMATCH'],
  ]);
});

test('diagnoseItems asks at most 32 questions per object', async () => {
  let tries = 0;
  const many = Array.from({ length: 40 }, (_, index): OpeningKey => {
    const unwrap = async () => {
      tries += 1;
      return null;
    };
    return { ...firstKey, fingerprint: `SHA256:${index}` as OpeningKey['fingerprint'], unwrap };
  });
  const failures = await failuresOf(await sealedOf({ a: '1', b: '2', c: '3' }), new Keyring(many));
  expect(failures).toHaveLength(3);
  expect(tries).toBe(3 * 40 + 32);
});
