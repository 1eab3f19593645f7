import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import { Keyring } from '../../../../shared/sealing/keyring.ts';
import { unsealItems, unsealSecret } from '../../../../shared/sealing/unseal-secret.ts';
import { bothRing, firstCertificate, firstKey, firstRing, secondKey } from '../../../support/test-secrets.ts';
import { sealWhole } from '../../../support/whole-secret.ts';

const CANARY = 'c4n4ry';
const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'old',
    namespace: 'old',
    labels: { app: 'shop' },
    annotations: { note: 'x' },
    ownerReferences: [{ kind: 'Node' }],
    uid: 'x',
    creationTimestamp: null,
  },
  type: 'example.com/old',
  immutable: true,
  data: { password: btoa(CANARY), nothing: null, ['__proto__']: btoa('x') },
  stringData: { user: 'joe' },
};

test('unsealSecret opens the deprecated form, whose template does not count', async () => {
  const template = { metadata: { labels: { other: 'x' } }, type: 'other', data: { extra: '{{ .password }}' } };
  expect(await unsealSecret(await sealWhole(SECRET, firstCertificate, { template }), bothRing)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop', labels: { app: 'shop' }, annotations: { note: 'x' } },
    type: 'example.com/old',
    immutable: true,
    data: { nothing: '', password: btoa(CANARY), user: btoa('joe'), ['__proto__']: btoa('x') },
  });
});

test('unsealItems says with which key the deprecated form was opened', async () => {
  const result = await unsealItems(await sealWhole(SECRET, firstCertificate), bothRing);
  expect(result.kind === 'opened' && [...result.keys]).toEqual([firstKey.fingerprint]);
});

const bare = { apiVersion: 'v1', kind: 'Secret' };

test.each([
  ['text that is no JSON', `{"data": ${CANARY}`, 'it is not a JSON object'],
  ['bytes that are no text', '\ud800', 'it is not a JSON object'],
  ['a list', [CANARY], 'it is not a JSON object'],
  ['nothing', '', 'it is not a JSON object'],
  ['another kind', { ...bare, kind: CANARY }, 'it is not a Secret of v1'],
  ['another version', { ...bare, apiVersion: CANARY }, 'it is not a Secret of v1'],
  ['a value that is not base64', { ...bare, data: { [CANARY]: `${CANARY}!` } }, 'a field of it has the wrong form'],
  ['a value that is a number', { ...bare, data: { [CANARY]: 7 } }, 'a field of it has the wrong form'],
  ['data that is a list', { ...bare, data: [CANARY] }, 'a field of it has the wrong form'],
  ['a label that is a number', { ...bare, metadata: { labels: { [CANARY]: 1 } } }, 'a field of it has the wrong form'],
  ['a type that is a map', { ...bare, type: { [CANARY]: 1 } }, 'a field of it has the wrong form'],
])('unsealItems refuses %s inside of the deprecated form, and quotes nothing', async (_, content, reason) => {
  const result = await unsealItems(await sealWhole(content, firstCertificate), firstRing);
  expect(result).toMatchObject({ kind: 'failed', failures: [{ code: 'UNSEAL_V1_MALFORMED', reason }] });
  expect(inspect(result, { depth: 20 })).not.toContain(CANARY);
});

test('unsealItems refuses the deprecated form where it is not accepted', async () => {
  const sealed = await sealWhole(SECRET, firstCertificate);
  expect(await unsealItems(sealed, firstRing, { acceptV1: false })).toMatchObject({
    failures: [
      {
        code: 'UNSEAL_V1_REFUSED',
        problem: "using deprecated 'data' field, use 'encryptedData' or flip the feature flag",
      },
    ],
  });
});

test('unsealItems refuses both forms in one object', async () => {
  const sealed = await sealWhole(SECRET, firstCertificate);
  const both = { ...sealed, spec: { ...sealed.spec, encryptedData: { a: 'AA==' } } };
  expect(await unsealItems(both, firstRing)).toMatchObject({
    failures: [
      {
        code: 'UNSEAL_V1_CONFLICT',
        problem: "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time",
      },
    ],
  });
});

test.each([
  ['another key', (sealed: SealedSecret) => sealed, new Keyring([secondKey]), 'SEALED_KEY_NOT_FOUND'],
  [
    'another name',
    (sealed: SealedSecret) => ({ ...sealed, metadata: { ...sealed.metadata, name: 'other' } }),
    firstRing,
    'SEALED_KEY_NOT_FOUND',
  ],
  [
    'a cut value',
    (sealed: SealedSecret) => ({ ...sealed, spec: { ...sealed.spec, data: 'AA==' } }),
    firstRing,
    'SEALED_VALUE_TOO_SHORT',
  ],
])('unsealItems tells why the deprecated form does not open: %s', async (_, change, ring, code) => {
  const result = await unsealItems(change(await sealWhole(SECRET, firstCertificate)), ring);
  expect(result).toMatchObject({ kind: 'failed', failures: [{ code }] });
});
