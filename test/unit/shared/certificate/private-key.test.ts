import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { encodePem, parsePemBlocks } from '../../../../shared/certificate/pem.ts';
import { readPrivateKey } from '../../../../shared/certificate/private-key.ts';
import { readCertificateOfAnySize } from '../../../../shared/certificate/read-certificate.ts';
import { FIRST_KEY, LARGE_KEY, WEAK_KEY } from '../../../support/test-keys.ts';

const firstKey = createPrivateKey(FIRST_KEY.privateKeyPem);
const firstPkcs8 = firstKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const elliptic = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
const edwards = generateKeyPairSync('ed25519').privateKey;
const cipher = { cipher: 'aes-256-cbc', passphrase: 'x' };

test.each([
  ['PKCS#1', FIRST_KEY.privateKeyPem],
  ['PKCS#8', firstPkcs8],
])('readPrivateKey gives PKCS#8 for %s', async (_, pem) => {
  const key = await readPrivateKey(pem);
  expect(Buffer.from(key.pkcs8.expose())).toEqual(firstKey.export({ type: 'pkcs8', format: 'der' }));
});

test.each([FIRST_KEY, LARGE_KEY, WEAK_KEY])('readPrivateKey gives the fingerprint of the certificate', async (key) => {
  const { fingerprint, modulusBits } = await readCertificateOfAnySize(key.certificatePem);
  expect(await readPrivateKey(key.privateKeyPem)).toMatchObject({ fingerprint, modulusBits });
});

test('readPrivateKey passes over other blocks', async () => {
  const parameters = encodePem('EC PARAMETERS', Uint8Array.of(6, 0));
  const key = await readPrivateKey(`${FIRST_KEY.certificatePem}${parameters}${FIRST_KEY.privateKeyPem}`);
  expect(key.modulusBits).toBe(2048);
});

const pkcs1 = parsePemBlocks(FIRST_KEY.privateKeyPem)[0]!.bytes;

test.each([
  ['no PEM at all', 'hello', 'KEY_NO_PEM'],
  ['a certificate alone', FIRST_KEY.certificatePem, 'KEY_NO_PEM'],
  ['an OpenSSH key', encodePem('OPENSSH PRIVATE KEY', Uint8Array.of(1)), 'KEY_NO_PEM'],
  ['an encrypted PKCS#8 key', firstKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString(), 'KEY_ENCRYPTED'],
  ['an encrypted PKCS#1 key', firstKey.export({ type: 'pkcs1', format: 'pem', ...cipher }).toString(), 'KEY_ENCRYPTED'],
  ['an elliptic curve key', elliptic.export({ type: 'sec1', format: 'pem' }).toString(), 'KEY_NOT_RSA'],
  ['an elliptic curve key in PKCS#8', elliptic.export({ type: 'pkcs8', format: 'pem' }).toString(), 'KEY_NOT_RSA'],
  ['an Ed25519 key', edwards.export({ type: 'pkcs8', format: 'pem' }).toString(), 'KEY_NOT_RSA'],
  ['a key cut short', FIRST_KEY.privateKeyPem.slice(0, 500), 'KEY_MALFORMED'],
  ['a key that lacks its last bytes', encodePem('RSA PRIVATE KEY', pkcs1.slice(0, -40)), 'KEY_MALFORMED'],
  ['bytes after the key', encodePem('RSA PRIVATE KEY', Uint8Array.of(...pkcs1, 0)), 'KEY_MALFORMED'],
  ['PKCS#1 under the name of PKCS#8', encodePem('PRIVATE KEY', pkcs1), 'KEY_MALFORMED'],
])('readPrivateKey refuses %s', async (_, pem, code) => {
  await expect(readPrivateKey(pem)).rejects.toMatchObject({ code });
});

test('readPrivateKey never shows the key in its result', async () => {
  const key = await readPrivateKey(FIRST_KEY.privateKeyPem);
  expect(JSON.parse(JSON.stringify(key)).pkcs8).toBe('[secret]');
});
