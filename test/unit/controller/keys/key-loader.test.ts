import { createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { KeyLoader } from '../../../../controller/keys/key-loader.ts';
import { readKeySecret } from '../../../../controller/keys/key-secret.ts';
import { KEY_LABEL, UNSEAL_FIELD_MANAGER } from '../../../../shared/resources/names.ts';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { encoded, keySecret } from '../../../support/key-secret.ts';
import { FIRST_KEY, SECOND_KEY } from '../../../support/test-keys.ts';
import { firstKey } from '../../../support/test-secrets.ts';

function secretOf(label: string | undefined, data?: Record<string, string>, resourceVersion = '1') {
  const object: KubeObject = keySecret('keys', 'k', FIRST_KEY);
  const labels = label === undefined ? {} : { [KEY_LABEL]: label };
  const metadata = { ...object.metadata, labels, uid: 'u', resourceVersion };
  return readKeySecret({ ...object, metadata, ...(data === undefined ? {} : { data }) }, 'sealed-secrets-key');
}

test('an active key Secret is loaded, and again only when it was written', async () => {
  const loader = new KeyLoader(1);
  const [first] = await loader.load([secretOf('active')]);
  expect(first).toMatchObject({ key: { fingerprint: firstKey.fingerprint } });
  expect((await loader.load([secretOf('active')]))[0]).toBe(first);
  expect((await loader.load([secretOf('active', undefined, '2')]))[0]).not.toBe(first);
});

test('of a retired one the certificate is read, and its private key is not even looked at', async () => {
  const { data } = keySecret('keys', 'k', FIRST_KEY);
  const [whole] = await new KeyLoader(1).load([secretOf('retired')]);
  expect(whole).toMatchObject({ certificate: { fingerprint: firstKey.fingerprint } });
  expect(whole).not.toHaveProperty('key');
  const certificateOnly = { 'tls.crt': (data as Record<string, string>)['tls.crt'] ?? '', 'tls.key': '%' };
  const [half] = await new KeyLoader(1).load([secretOf('retired', certificateOnly)]);
  expect(half).toMatchObject({ certificate: { fingerprint: firstKey.fingerprint } });
  const [broken] = await new KeyLoader(1).load([secretOf('retired', {})]);
  expect(broken).toMatchObject({ problem: expect.stringContaining('tls.crt') });
});

test('a retired one that came out of a SealedSecret tells nothing of the key whose certificate it holds', async () => {
  const { object } = secretOf('retired');
  const metadata = { ...object.metadata, managedFields: [{ manager: UNSEAL_FIELD_MANAGER, operation: 'Update' }] };
  const [result] = await new KeyLoader(1).load([readKeySecret({ ...object, metadata }, 'sealed-secrets-key')]);
  expect(result).toMatchObject({ problem: expect.stringContaining('came out of a SealedSecret') });
  expect(result).not.toHaveProperty('certificate');
});

test.each([['compromised'], ['Active'], ['']])('a label of another value, %j, is a problem', async (label) => {
  const [result] = await new KeyLoader(1).load([secretOf(label)]);
  expect(result).toMatchObject({ problem: `its key label is "${label}", expected "active" or "retired"` });
});

/** What people bring: the pair of the first key in every form that openssl and editors give it. */
const pkcs8 = createPrivateKey(FIRST_KEY.privateKeyPem).export({ type: 'pkcs8', format: 'pem' }).toString();
const crlf = (text: string) => text.replaceAll('\n', '\r\n');
const { certificatePem: crt, privateKeyPem: key } = FIRST_KEY;

test.each([
  ['PKCS#1', crt, key, crt],
  ['PKCS#8', crt, pkcs8, crt],
  ['a chain', crt + SECOND_KEY.certificatePem, key, crt + SECOND_KEY.certificatePem],
  ['CRLF', crlf(crt), crlf(key), crt],
  ['leading text', `Bag Attributes\n  friendlyName: shop\n${crt}`, `subject=CN=shop\n\n${key}`, crt],
  ['blanks around lines', crt.replaceAll('\n', ' \n\t'), key.replaceAll('\n', ' \n  '), crt],
  ['no newline at the end', crt.trimEnd(), key.trimEnd(), crt],
  ['certificate and key in one file, twice', crt + key, crt + key, crt],
  [
    'a key before a chain in its file',
    `note\n${key}${crt}${SECOND_KEY.certificatePem}`,
    key,
    crt + SECOND_KEY.certificatePem,
  ],
  ['a key behind other blocks', crt, `${SECOND_KEY.certificatePem}${pkcs8}`, crt],
])(
  'a pair in the form of %s is loaded, and its chain kept whole',
  async (_form, certificatePem, privateKeyPem, chain) => {
    const data = encoded({ 'tls.crt': certificatePem, 'tls.key': privateKeyPem });
    const [result] = await new KeyLoader(1).load([secretOf('active', data)]);
    expect(result).toMatchObject({
      key: { fingerprint: firstKey.fingerprint, certificateMatches: true },
      chainPem: chain,
    });
  },
);

test('a chain whose first certificate is not that of the key only opens', async () => {
  const data = encoded({ 'tls.crt': SECOND_KEY.certificatePem + crt, 'tls.key': key });
  const [result] = await new KeyLoader(1).load([secretOf('active', data)]);
  expect(result).toMatchObject({ key: { fingerprint: firstKey.fingerprint, certificateMatches: false } });
});
