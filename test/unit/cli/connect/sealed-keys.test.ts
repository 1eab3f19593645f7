import { expect, test } from 'vitest';
import { reportSealed } from '../../../../cli/connect/sealed-keys.ts';
import type { KeyList, SealingKeyEntry, SealingKeyState } from '../../../../shared/resources/key-list.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import type { RenderedObject } from '../../../../shared/sync-plan/rendered-object.ts';
import { firstCertificate, sealedOf, secondCertificate, withMetadata } from '../../../support/test-secrets.ts';

const FIRST = firstCertificate.fingerprint;
const SECOND = secondCertificate.fingerprint;

function keyOf(fingerprint: string, state: SealingKeyState): SealingKeyEntry {
  const times = {
    createdAt: '2026-01-01T00:00:00Z',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2036-01-01T00:00:00Z',
  };
  return { fingerprint, state, secret: 'sealed-secrets-keyabcde', ...times };
}

function list(keys: readonly SealingKeyEntry[], more: Partial<KeyList> = {}): KeyList {
  return { keys, unusable: [], certificatesPem: '', ...more };
}

function rendered(object: KubeObject): RenderedObject {
  return { object, origin: { file: 'deploy/db.yaml', line: 3, document: 1 } };
}

const sealed = rendered(await sealedOf({ password: 'p', user: 'u' }));
const other = rendered(await sealedOf({ token: 't' }, secondCertificate));

test('items of a retired and of an unknown key are named with their key', async () => {
  const report = await reportSealed([sealed, other], list([keyOf(FIRST, 'retired')]));
  expect(report).toEqual({
    sealedSecrets: 2,
    closed: [
      { object: 'shop/db (deploy/db.yaml:3)', items: ['password', 'user'], fingerprint: FIRST, state: 'retired' },
      { object: 'shop/db (deploy/db.yaml:3)', items: ['token'], fingerprint: SECOND, state: 'missing' },
    ],
    unknown: [],
  });
});

test('keys that only open, and those that nobody should seal to, open', async () => {
  const keys = list([keyOf(FIRST, 'decrypt-only')], {
    unusable: [{ secret: 's', problem: 'too short', fingerprint: SECOND }],
  });
  expect(await reportSealed([sealed, other], keys)).toEqual({ sealedSecrets: 2, closed: [], unknown: [] });
});

test('without a receipt, or with one for other values, the key is not known', async () => {
  const { object } = sealed;
  const bare = rendered(withMetadata(object as never, { name: 'db', namespace: 'shop' }));
  const items = { ...(object['spec'] as { encryptedData: object }).encryptedData, password: 'QUFBQQ==' };
  const edited = rendered({ ...object, spec: { encryptedData: items } });
  const keys = list([keyOf(FIRST, 'retired')]);
  const place = 'shop/db (deploy/db.yaml:3)';
  expect(await reportSealed([bare], keys)).toEqual({ sealedSecrets: 1, closed: [], unknown: [place] });
  expect(await reportSealed([edited], keys)).toMatchObject({ closed: [{ items: ['user'] }], unknown: [place] });
});

test('objects of other kinds and groups do not count', async () => {
  const metadata = { name: 'db' };
  const secret = rendered({ apiVersion: 'v1', kind: 'Secret', metadata });
  const foreign = rendered({ apiVersion: 'example.com/v1', kind: 'SealedSecret', metadata });
  expect(await reportSealed([secret, foreign], list([]))).toEqual({ sealedSecrets: 0, closed: [], unknown: [] });
});
