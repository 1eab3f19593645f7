import { expect, test } from 'vitest';
import { readCertificateOfAnySize } from '../../../../shared/certificate/read-certificate.ts';
import { decodeBase64 } from '../../../../shared/encoding/base64.ts';
import { decodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { RECEIPT_ANNOTATION } from '../../../../shared/resources/names.ts';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../../../shared/resources/secret.ts';
import { checkReceipt } from '../../../../shared/sealing/check-receipt.ts';
import { type Receipt, readReceipt } from '../../../../shared/sealing/receipt.ts';
import { SCOPES, scopeAnnotations } from '../../../../shared/sealing/scope.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { unsealItems, unsealSecret } from '../../../../shared/sealing/unseal-secret.ts';
import { WEAK_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, firstRing, secretOf } from '../../../support/test-secrets.ts';

const WIDE = 'sealedsecrets.bitnami.com/cluster-wide';
const NAMESPACED = 'sealedsecrets.bitnami.com/namespace-wide';
const certificate = firstCertificate;

async function plaintexts(sealed: SealedSecret): Promise<Record<string, string | null>> {
  const result = await unsealItems(sealed, firstRing);
  if (result.kind === 'failed') throw new Error(result.failures[0].message);
  return Object.fromEntries([...result.items].map(([key, value]) => [key, decodeUtf8(value.expose())]));
}

async function templateMetadata(metadata: ObjectMeta): Promise<ObjectMeta | null | undefined> {
  const sealed = await sealSecret(secretOf({ a: 'b' }, { metadata }), { certificate });
  return sealed.spec.template?.metadata;
}

test('sealSecret writes the whole object in a fixed order', async () => {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/basic-auth',
    immutable: true,
    metadata: {
      name: 'db',
      namespace: 'shop',
      labels: { app: 'shop' },
      annotations: { note: 'x' },
      finalizers: ['a.b/c'],
    },
    stringData: { username: 'joe', password: 'hunter2' },
  };
  const sealed = await sealSecret(secret, { certificate, receipt: false });
  const hidden = { ...sealed, spec: { ...sealed.spec, encryptedData: Object.keys(sealed.spec.encryptedData) } };
  expect(JSON.stringify(hidden)).toBe(
    JSON.stringify({
      apiVersion: 'bitnami.com/v1alpha1',
      kind: 'SealedSecret',
      metadata: { name: 'db', namespace: 'shop' },
      spec: {
        encryptedData: ['password', 'username'],
        template: {
          immutable: true,
          metadata: {
            annotations: { note: 'x' },
            finalizers: ['a.b/c'],
            labels: { app: 'shop' },
            name: 'db',
            namespace: 'shop',
          },
          type: 'kubernetes.io/basic-auth',
        },
      },
    }),
  );
});

test('sealSecret seals data, and stringData over it', async () => {
  const sealed = await sealSecret(secretOf({ b: 'new', c: 'three' }, { data: { a: 'b25l', b: 'b2xk' } }), {
    certificate,
  });
  expect(await plaintexts(sealed)).toEqual({ a: 'one', b: 'new', c: 'three' });
});

test('sealSecret accepts base64 in lines and empty values', async () => {
  const sealed = await sealSecret(secretOf({ empty: '' }, { data: { folded: 'b2\nxk\n', none: '' } }), { certificate });
  expect(await plaintexts(sealed)).toEqual({ empty: '', folded: 'old', none: '' });
});

test('sealSecret gives base64 of the sealed value without line breaks', async () => {
  const { spec } = await sealSecret(secretOf({ a: 'x' }), { certificate });
  expect(decodeBase64(spec.encryptedData['a']!).length).toBe(2 + 256 + 1 + 16);
  expect(spec.encryptedData['a']).toMatch(/^AQ[A-D][A-Za-z0-9+/]+=*$/);
});

test('sealSecret keeps a key named __proto__', async () => {
  const stringData = Object.fromEntries([['__proto__', 'x']]);
  const sealed = await sealSecret(secretOf(stringData), { certificate });
  expect(Object.keys(sealed.spec.encryptedData)).toEqual(['__proto__']);
  expect(Object.entries(await plaintexts(sealed))).toEqual([['__proto__', 'x']]);
});

test('sealSecret orders items by key', async () => {
  const { spec } = await sealSecret(secretOf({ b: '', a: '', B: '', '.x': '' }, { data: { aa: '' } }), { certificate });
  expect(Object.keys(spec.encryptedData)).toEqual(['.x', 'B', 'a', 'aa', 'b']);
});

test.each(SCOPES)(
  'sealSecret takes the scope %s from the annotations and keeps them in the template',
  async (scope) => {
    const annotations = { note: 'x', ...scopeAnnotations(scope) };
    const secret = secretOf({ a: 'b' }, { metadata: { name: 'db', namespace: 'shop', annotations } });
    const sealed = await sealSecret(secret, { certificate, receipt: false });
    expect(sealed.metadata.annotations ?? {}).toEqual(scopeAnnotations(scope));
    expect(sealed.spec.template?.metadata?.annotations).toEqual(annotations);
    expect(await plaintexts(sealed)).toEqual({ a: 'b' });
  },
);

test.each([
  ['strict', [WIDE, NAMESPACED], { note: 'x' }],
  ['namespace-wide', [WIDE], { note: 'x', [NAMESPACED]: 'true' }],
  ['cluster-wide', [NAMESPACED], { note: 'x', [WIDE]: 'true' }],
] as const)('sealSecret lets an explicit scope %s replace annotations everywhere', async (scope, present, expected) => {
  const annotations = { note: 'x', ...Object.fromEntries(present.map((name) => [name, 'true'])) };
  const secret = secretOf({ a: 'b' }, { metadata: { name: 'db', namespace: 'shop', annotations } });
  const sealed = await sealSecret(secret, { certificate, scope, receipt: false });
  expect(sealed.metadata.annotations ?? {}).toEqual(scopeAnnotations(scope));
  expect(sealed.spec.template?.metadata?.annotations).toEqual(expected);
  expect(await plaintexts(sealed)).toEqual({ a: 'b' });
});

test('sealSecret leaves no annotations behind when explicit strict removes the only one', async () => {
  const metadata = { name: 'db', namespace: 'shop', annotations: { [WIDE]: 'true' } };
  const sealed = await sealSecret(secretOf({ a: 'b' }, { metadata }), { certificate, scope: 'strict', receipt: false });
  expect(sealed.spec.template?.metadata).toEqual({ name: 'db', namespace: 'shop' });
  expect(sealed.metadata).toEqual({ name: 'db', namespace: 'shop' });
});

test('sealSecret needs no namespace for cluster-wide', async () => {
  const sealed = await sealSecret(secretOf({ a: 'b' }, { metadata: { name: 'db' } }), {
    certificate,
    scope: 'cluster-wide',
    receipt: false,
  });
  expect(sealed.metadata).toEqual({ name: 'db', annotations: { [WIDE]: 'true' } });
  expect(sealed.spec.template?.metadata).toEqual({ name: 'db', annotations: { [WIDE]: 'true' } });
});

test('sealSecret leaves out what the API server sets', async () => {
  const metadata = {
    name: 'db',
    namespace: 'shop',
    uid: 'u',
    resourceVersion: '7',
    generation: 2,
    selfLink: '/x',
    creationTimestamp: null,
    deletionTimestamp: '2026-01-01T00:00:00Z',
    deletionGracePeriodSeconds: 30,
    ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'u' }],
    managedFields: [{ manager: 'kubectl' }],
    labels: {},
    annotations: {},
  };
  expect(await templateMetadata(metadata)).toEqual({ name: 'db', namespace: 'shop' });
});

test.each([
  'kubectl.kubernetes.io/last-applied-configuration',
  'kubecfg.ksonnet.io/last-applied-configuration',
  'kapp.k14s.io/original',
  'kapp.k14s.io/original-diff-full',
  'objectset.rio.cattle.io/applied',
  'banzaicloud.com/last-applied',
  'kopf.zalando.org/last-handled-configuration',
  'kubernetes.io/change-cause',
])('sealSecret leaves out annotation %s, which holds the values', async (annotation) => {
  const annotations = { [annotation]: '{"stringData":{"a":"b"}}', note: 'x' };
  const metadata = { name: 'db', namespace: 'shop', annotations };
  expect(await templateMetadata(metadata)).toEqual({ name: 'db', namespace: 'shop', annotations: { note: 'x' } });
});

test('sealSecret seals a Secret without data when asked to', async () => {
  const sealed = await sealSecret(secretOf({}), { certificate, allowEmpty: true });
  expect(sealed.spec.encryptedData).toEqual({});
});

test('sealSecret refuses a weak certificate', async () => {
  const weak = await readCertificateOfAnySize(WEAK_KEY.certificatePem);
  await expect(sealSecret(secretOf({ a: 'b' }), { certificate: weak })).rejects.toMatchObject({
    code: 'CERT_WEAK_KEY',
  });
});

test('sealSecret accepts names with capitals, which the API server is to judge', async () => {
  const metadata = { name: 'testSecret', namespace: 'shop' };
  expect((await sealSecret(secretOf({ a: 'b' }, { metadata }), { certificate })).metadata.name).toBe('testSecret');
});

test('sealSecret leaves a receipt on the SealedSecret, which the Secret does not get', async () => {
  const sealed = await sealSecret(secretOf({ a: 'b' }), { certificate });
  expect(await checkReceipt(sealed, readReceipt(sealed.metadata) as Receipt)).toEqual([]);
  expect(sealed.spec.template?.metadata).toEqual({ name: 'db', namespace: 'shop' });
  expect((await unsealSecret(sealed, firstRing)).metadata).toEqual({ name: 'db', namespace: 'shop' });
});

test('sealSecret takes no receipt over from the Secret', async () => {
  const metadata = { name: 'db', namespace: 'shop', annotations: { [RECEIPT_ANNOTATION]: 'old' } };
  const sealed = await sealSecret(secretOf({ a: 'b' }, { metadata }), { certificate });
  expect(sealed.spec.template?.metadata).toEqual({ name: 'db', namespace: 'shop' });
  expect(readReceipt(sealed.metadata)?.items.size).toBe(1);
});

test('sealSecret leaves out a receipt that would be too long', async () => {
  const items = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`${'k'.repeat(240)}${at}`, '']));
  const sealed = await sealSecret(secretOf(items), { certificate });
  expect(sealed.metadata).toEqual({ name: 'db', namespace: 'shop' });
});
