import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { DER_TAG, DerReader } from '../../../../shared/certificate/der-reader.ts';
import { encodeDer } from '../../../../shared/certificate/der-writer.ts';
import { encodePem, parsePemBlocks } from '../../../../shared/certificate/pem.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { importOpeningKey, importSealingKey, Keyring } from '../../../../shared/sealing/keyring.ts';
import { labelOf } from '../../../../shared/sealing/scope.ts';
import { FIRST_KEY, SECOND_KEY, WEAK_KEY } from '../../../support/test-keys.ts';
import { bothRing, firstCertificate, firstKey, sealingKeyOf, secondKey } from '../../../support/test-secrets.ts';

const label = labelOf('strict', 'shop', 'db');

/** The numbers of a PKCS#1 key, version first. */
function numbersOf(privateKeyPem: string): Uint8Array<ArrayBuffer>[] {
  const key = new DerReader(parsePemBlocks(privateKeyPem)[0]!.bytes, 'KEY_MALFORMED').enter(DER_TAG.sequence, 'key');
  return Array.from({ length: 9 }, () => key.read(DER_TAG.integer, 'number').content);
}

async function wrap(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'RSA-OAEP', label }, firstCertificate.publicKey, content));
}

test('importSealingKey tells size, age, fingerprint and certificate', async () => {
  const key = await sealingKeyOf(FIRST_KEY, '2026-05-01T00:00:00Z', 3);
  expect(key).toMatchObject({
    fingerprint: firstCertificate.fingerprint,
    certificateMatches: true,
    modulusBits: 2048,
    modulusBytes: 256,
    lanes: 3,
    createdAt: new Date('2026-05-01T00:00:00Z'),
    certificate: { subject: 'first test key' },
  });
});

test('importSealingKey records a certificate of another key instead of refusing it', async () => {
  const mixed = { privateKeyPem: FIRST_KEY.privateKeyPem, certificatePem: SECOND_KEY.certificatePem };
  const key = await importSealingKey({ ...mixed, createdAt: new Date(0) });
  expect(key.certificateMatches).toBe(false);
  expect(key.fingerprint).toBe(firstKey.fingerprint);
});

test('importSealingKey takes a weak key, which may still open values', async () => {
  expect(await sealingKeyOf(WEAK_KEY)).toMatchObject({ modulusBits: 1024, modulusBytes: 128 });
});

test.each([
  ['a private key', { privateKeyPem: 'x', certificatePem: FIRST_KEY.certificatePem }, 'KEY_NO_PEM'],
  ['a certificate', { privateKeyPem: FIRST_KEY.privateKeyPem, certificatePem: 'x' }, 'CERT_NO_PEM'],
])('importSealingKey refuses what is not %s', async (_, source, code) => {
  await expect(importSealingKey({ ...source, createdAt: new Date(0) })).rejects.toMatchObject({ code });
});

test('importSealingKey refuses private numbers that do not open what the public ones seal', async () => {
  const [own, foreign] = [FIRST_KEY, SECOND_KEY].map((key) => numbersOf(key.privateKeyPem));
  const mixed = [...own!.slice(0, 3), ...foreign!.slice(3)].map((number) => encodeDer(DER_TAG.integer, number));
  const privateKeyPem = encodePem('RSA PRIVATE KEY', encodeDer(DER_TAG.sequence, ...mixed));
  const { certificatePem } = FIRST_KEY;
  await expect(importSealingKey({ privateKeyPem, certificatePem, createdAt: new Date(0) })).rejects.toMatchObject({
    code: 'KEY_MALFORMED',
    message: 'cannot use the private key: it does not open what is sealed to its public half',
  });
});

test('importOpeningKey needs no certificate', async () => {
  const pkcs8 = createPrivateKey(FIRST_KEY.privateKeyPem).export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = await importOpeningKey({ privateKeyPem: pkcs8 });
  expect(key).toMatchObject({ fingerprint: firstKey.fingerprint, lanes: 1, createdAt: new Date(0) });
});

test.each([[0], [-3], [Number.NaN]])('importOpeningKey makes at least one lane when asked for %d', async (lanes) => {
  expect((await importOpeningKey({ privateKeyPem: FIRST_KEY.privateKeyPem, lanes })).lanes).toBe(1);
});

test('unwrap gives the content that was wrapped, on every lane', async () => {
  const key = await sealingKeyOf(FIRST_KEY, '2026-01-01T00:00:00Z', 2);
  const wrapped = await wrap(Uint8Array.of(1, 2, 3));
  const contents = await Promise.all(Array.from({ length: 6 }, () => key.unwrap(label, wrapped)));
  expect(contents.map((content) => content?.expose())).toEqual(Array(6).fill(Uint8Array.of(1, 2, 3)));
});

test('unwrap returns null for another label, another key and another length', async () => {
  const wrapped = await wrap(Uint8Array.of(1));
  expect(await firstKey.unwrap(labelOf('strict', 'shop', 'db2'), wrapped)).toBeNull();
  expect(await secondKey.unwrap(label, wrapped)).toBeNull();
  expect(await firstKey.unwrap(label, wrapped.slice(1))).toBeNull();
  expect(await firstKey.unwrap(label, new Uint8Array(0))).toBeNull();
});

test('unwrap hands its content out as SecretBytes', async () => {
  expect(await firstKey.unwrap(label, await wrap(Uint8Array.of(1)))).toBeInstanceOf(SecretBytes);
});

test('Keyring holds its keys newest first', () => {
  expect(bothRing.keys).toEqual([secondKey, firstKey]);
  expect(new Keyring([secondKey, firstKey]).keys).toEqual([secondKey, firstKey]);
});

test('Keyring orders keys of one age by fingerprint', async () => {
  const twin = await sealingKeyOf(SECOND_KEY, '2026-01-01T00:00:00Z');
  const orders = [new Keyring([twin, firstKey]), new Keyring([firstKey, twin])];
  expect(orders.map((ring) => ring.keys)).toEqual(Array(2).fill([firstKey, twin]));
});

test('Keyring holds one key for each fingerprint, the last that it was given', async () => {
  const again = await sealingKeyOf(FIRST_KEY, '2027-01-01T00:00:00Z');
  expect(new Keyring([firstKey, secondKey, again]).keys).toEqual([again, secondKey]);
});

test('a printed key shows no private number', () => {
  expect(inspect(firstKey, { depth: 10, showHidden: true })).not.toMatch(/BEGIN (RSA )?PRIVATE|pkcs8/);
  expect(JSON.stringify(firstKey)).not.toMatch(/PRIVATE KEY/);
});
