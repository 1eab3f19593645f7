import { expect, test } from 'vitest';
import { parseInstant } from '../../../../controller/keys/instant.ts';
import { keySecretName, newKeySecret, readKeyMaterial, readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { KEY_LABEL, ROTATE_REQUESTED_ANNOTATION } from '../../../../shared/resources/names.ts';
import { keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY } from '../../../support/test-keys.ts';

const PREFIX = 'sealed-secrets-key';
const secret = keySecret('keys', 'one', FIRST_KEY);

function read(name: string, labels: Record<string, string>) {
  return readKeySecret({ ...secret, metadata: { name, labels, uid: 'u', resourceVersion: '7' } }, PREFIX);
}

test('a Secret is an active key by its label, or by the bare prefix as its name', () => {
  expect(read('any', { [KEY_LABEL]: 'active' }).isActive).toBe(true);
  expect(read(PREFIX, {}).isActive).toBe(true);
  expect(read('any', {}).isActive).toBe(false);
  expect(read('any', { [KEY_LABEL]: 'Active' }).isActive).toBe(false);
});

test('a retired key is not active, not even under the bare prefix', () => {
  expect(read('any', { [KEY_LABEL]: 'retired' }).isActive).toBe(false);
  expect(read(PREFIX, { [KEY_LABEL]: 'retired' })).toMatchObject({ isActive: false, isRetired: true });
  expect(read('any', { [KEY_LABEL]: 'compromised' })).toMatchObject({ isActive: false, isRetired: false });
});

test('a Secret that came out of a SealedSecret answers no rotation request', () => {
  const annotations = { [ROTATE_REQUESTED_ANNOTATION]: '2026-01-01T00:00:00Z' };
  const metadata = { ...secret.metadata, annotations };
  const managedFields = [{ manager: 'signet-unseal', operation: 'Update' }];
  expect(readKeySecret({ ...secret, metadata }, PREFIX)).toMatchObject({
    answers: annotations[ROTATE_REQUESTED_ANNOTATION],
  });
  expect(readKeySecret({ ...secret, metadata: { ...metadata, managedFields } }, PREFIX)).toMatchObject({
    isFromSealedSecret: true,
    answers: undefined,
  });
});

test('a key Secret that a SealedSecret owns came out of it, whichever controller wrote it', () => {
  const owner = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name: 'x', uid: 's', controller: true };
  const metadata = { ...secret.metadata, ownerReferences: [owner], managedFields: [{ manager: 'controller' }] };
  expect(readKeySecret({ ...secret, metadata }, PREFIX).isFromSealedSecret).toBe(true);
  const other = { ...metadata, ownerReferences: [{ ...owner, apiVersion: 'v1', kind: 'ConfigMap' }] };
  expect(readKeySecret({ ...secret, metadata: other }, PREFIX).isFromSealedSecret).toBe(false);
});

test('the revision changes with every write', () => {
  expect(read('any', {}).revision).toBe('u/7');
});

test('readKeyMaterial gives back the PEM texts', () => {
  expect(readKeyMaterial(secret)).toEqual(FIRST_KEY);
});

test.each([
  ['no data', {}, 'tls.crt'],
  ['no key', { 'tls.crt': 'YQ==' }, 'tls.key'],
  ['bad base64', { 'tls.crt': '%', 'tls.key': 'YQ==' }, 'tls.crt'],
  ['bytes that are no text', { 'tls.crt': 'YQ==', 'tls.key': '/w==' }, 'tls.key'],
  ['DER', { 'tls.crt': 'MIIC/w==', 'tls.key': 'YQ==' }, 'tls.crt" is not text but looks like DER'],
  ['an empty value', { 'tls.crt': '', 'tls.key': 'YQ==' }, 'tls.crt'],
  ['a value that is no text', { 'tls.crt': 7, 'tls.key': 'YQ==' }, 'tls.crt'],
  ['a huge value', { 'tls.crt': 'AAAA'.repeat(30_000), 'tls.key': 'YQ==' }, 'tls.crt'],
])('readKeyMaterial says what is wrong with %s', (_what, data, named) => {
  expect(readKeyMaterial({ ...secret, data })).toEqual({ problem: expect.stringContaining(`"${named}`) });
});

test('a new key Secret reads back as an active key that answers its request', () => {
  const answers = '2026-01-01T00:00:00Z';
  const written = newKeySecret({ ...FIRST_KEY, name: 'n', namespace: 'keys', answers });
  expect(readKeySecret(written, PREFIX)).toMatchObject({ name: 'n', isActive: true, answers });
  expect(readKeyMaterial(written)).toEqual(FIRST_KEY);
  expect(written['type']).toBe('kubernetes.io/tls');
});

test('a time of creation that cannot be read is the beginning of time', () => {
  const metadata = { ...secret.metadata, creationTimestamp: 'yesterday' };
  expect(readKeySecret({ ...secret, metadata }, PREFIX).createdAt).toEqual(new Date(0));
});

test('a recorded request that is no instant counts as none', () => {
  const metadata = { ...secret.metadata, annotations: { [ROTATE_REQUESTED_ANNOTATION]: 'soon' } };
  expect(readKeySecret({ ...secret, metadata }, PREFIX).answers).toBeUndefined();
});

test('the name of the next key is decided by the uid of the last one', () => {
  expect(keySecretName(PREFIX, undefined)).toBe(`${PREFIX}-first`);
  expect(keySecretName(PREFIX, 'u')).toBe(keySecretName(PREFIX, 'u'));
  expect(keySecretName(PREFIX, 'u')).not.toBe(keySecretName(PREFIX, 'v'));
  expect(keySecretName('x'.repeat(245), 'u').length).toBeLessThanOrEqual(253);
  expect(keySecretName(PREFIX, 'u')).toMatch(/^[a-z0-9-]+$/);
});

test.each(['2026-01-01T00:00:00Z', '2026-01-01t00:00:00z', '2026-01-01T01:00:00.000000001+01:00'])(
  'parseInstant reads %s',
  (text) => {
    expect(parseInstant(text)).toBe(Date.UTC(2026, 0, 1));
  },
);

test.each(['', 'now', '2026-01-01', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00', '2026-01-32T00:00:00Z'])(
  'parseInstant refuses %j',
  (text) => {
    expect(parseInstant(text)).toBeNull();
  },
);
