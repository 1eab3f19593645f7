import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import type { SealedSecret, SecretTemplate } from '../../../../shared/resources/sealed-secret.ts';
import { describeFailures } from '../../../../shared/sealing/item-failure.ts';
import { Keyring } from '../../../../shared/sealing/keyring.ts';
import { sealSecret } from '../../../../shared/sealing/seal-secret.ts';
import { secretFromItems } from '../../../../shared/sealing/secret-from-items.ts';
import { UnsealError, unsealItems, unsealSecret } from '../../../../shared/sealing/unseal-secret.ts';
import {
  bothRing,
  firstCertificate,
  firstKey,
  firstRing,
  sealedOf,
  secondKey,
  secretOf,
  withItems,
  withMetadata,
} from '../../../support/test-secrets.ts';

function withTemplate(sealed: SealedSecret, template: SecretTemplate): SealedSecret {
  return { ...sealed, spec: { ...sealed.spec, template } };
}

const items = new Map([
  ['password', SecretBytes.fromText('hunter2')],
  ['__proto__', SecretBytes.fromText('x')],
]);
const sealed = await sealedOf({ password: 'hunter2', user: 'joe' });
const bad = withItems(sealed, { ...sealed.spec.encryptedData, b: '!', a: 'AA==' });

test('unsealItems opens every item and says with which keys', async () => {
  const result = await unsealItems(sealed, bothRing);
  expect(result.kind === 'opened' && [...result.keys]).toEqual([firstKey.fingerprint]);
  expect(result.kind === 'opened' && [...result.items.keys()].sort()).toEqual(['password', 'user']);
});

test('unsealItems opens an object without items, even with an empty ring', async () => {
  expect(await unsealItems(withItems(sealed, {}), new Keyring())).toEqual({
    kind: 'opened',
    items: new Map(),
    keys: new Set(),
  });
});

test('unsealItems names all failing items and gives none of the good ones', async () => {
  const result = await unsealItems(bad, firstRing);
  expect(result).toMatchObject({
    kind: 'failed',
    failures: [
      { item: 'a', code: 'SEALED_VALUE_TOO_SHORT' },
      { item: 'b', code: 'SEALED_VALUE_NOT_BASE64' },
    ],
  });
  expect(result).not.toHaveProperty('items');
});

test('unsealItems reports malformed items and missing keys side by side', async () => {
  const result = await unsealItems(bad, new Keyring([secondKey]));
  expect(result.kind === 'failed' && describeFailures(result.failures).split('\n')).toEqual([
    'sealed value has 1 bytes, too few for its length field (a)',
    'sealed value is not base64 (b): illegal data at byte 0',
    expect.stringMatching(/^no key could decrypt secret \(password, user\): sealed to key SHA256:/),
  ]);
});

test('unsealItems looks at the annotations of the object, never at those of the template', async () => {
  const wide = await sealSecret(secretOf({ a: 'x' }), { certificate: firstCertificate, scope: 'cluster-wide' });
  const result = await unsealItems(withMetadata(wide, { name: 'db', namespace: 'shop' }), firstRing);
  expect(result).toMatchObject({ kind: 'failed', failures: [{ code: 'SEALED_SCOPE_MISMATCH' }] });
});

test('unsealItems survives an object without metadata', async () => {
  const bare = { ...sealed, metadata: undefined } as unknown as SealedSecret;
  expect(await unsealItems(bare, firstRing)).toMatchObject({ kind: 'failed' });
});

test('unsealSecret gives back what was sealed', async () => {
  const secret = secretOf(
    { password: 'hunter2' },
    {
      type: 'kubernetes.io/basic-auth',
      immutable: true,
      metadata: { name: 'db', namespace: 'shop', labels: { app: 'shop' }, annotations: { note: 'x' } },
    },
  );
  expect(await unsealSecret(await sealSecret(secret, { certificate: firstCertificate }), firstRing)).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: secret.metadata,
    type: 'kubernetes.io/basic-auth',
    immutable: true,
    data: { password: 'aHVudGVyMg==' },
  });
});

test('unsealSecret throws every failure at once', async () => {
  const error = await unsealSecret(bad, firstRing).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UnsealError);
  expect(error).toMatchObject({
    code: 'SEALED_VALUE_TOO_SHORT',
    message: expect.stringMatching(/^cannot unseal SealedSecret "shop\/db": sealed value has 1 bytes.*\(a\)\n.*\(b\)/),
    failures: [{ item: 'a' }, { item: 'b' }],
  });
});

test('unsealSecret quotes the name of the object, so that it cannot forge a line', async () => {
  const forged = withMetadata(bad, { name: 'db"\nall is well "', namespace: 'shop' });
  await expect(unsealSecret(forged, firstRing)).rejects.toThrow(
    /^cannot unseal SealedSecret "shop\/db\\"\\nall is well \\"": /,
  );
});

test('unsealSecret never shows plaintext in its errors', async () => {
  const error = await unsealSecret(bad, firstRing).catch((thrown: unknown) => thrown);
  expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
});

test('secretFromItems takes name and namespace from the SealedSecret', async () => {
  const template = { metadata: { name: 'other', namespace: 'other' } };
  expect((await secretFromItems(withTemplate(sealed, template), items)).metadata).toEqual({
    name: 'db',
    namespace: 'shop',
  });
});

test('secretFromItems leaves labels, annotations and type out when the template has none', async () => {
  const template = { metadata: { labels: {}, annotations: {} }, type: '' };
  expect(await secretFromItems(withTemplate(sealed, template), new Map())).toEqual({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'shop' },
    data: {},
  });
});

test('secretFromItems keeps a key named __proto__, and the items as they are', async () => {
  const { data } = await secretFromItems(withTemplate(sealed, {}), items);
  expect(Object.entries(data ?? {})).toEqual([
    ['__proto__', 'eA=='],
    ['password', 'aHVudGVyMg=='],
  ]);
  expect(items.get('password')?.expose()).toEqual(new TextEncoder().encode('hunter2'));
});

test('secretFromItems adds literals of the template, over which sealed items win', async () => {
  const data = { host: 'db.shop', password: 'literal' };
  expect((await secretFromItems(withTemplate(sealed, { data }), new Map([...items].slice(0, 1)))).data).toEqual({
    host: 'ZGIuc2hvcA==',
    password: 'aHVudGVyMg==',
  });
});

test('secretFromItems leaves out a key that is null in the template', async () => {
  const data = { password: null, absent: null };
  expect(Object.keys((await secretFromItems(withTemplate(sealed, { data }), items)).data ?? {})).toEqual(['__proto__']);
});

test('secretFromItems refuses template actions without a renderer', async () => {
  const template = { data: { 'app.conf': 'password={{ .password }}' } };
  await expect(secretFromItems(withTemplate(sealed, template), items)).rejects.toMatchObject({
    code: 'TEMPLATE_NOT_SUPPORTED',
    message: 'cannot make the Secret: "spec.template.data" holds template actions in "app.conf"',
  });
});
