import { expect, test } from 'vitest';
import { readCertificateOfAnySize } from '../../../../shared/certificate/read-certificate.ts';
import { SecretBytes } from '../../../../shared/errors/secret-bytes.ts';
import { encodeEnvelope, parseEnvelope } from '../../../../shared/sealing/envelope.ts';
import { labelOf } from '../../../../shared/sealing/scope.ts';
import { openValue, sealValue } from '../../../../shared/sealing/value-cipher.ts';
import { WEAK_KEY } from '../../../support/test-keys.ts';
import { firstCertificate, firstKey, sealingKeyOf, secondKey } from '../../../support/test-secrets.ts';

const label = labelOf('strict', 'shop', 'db');
const sealed = await sealValue(firstCertificate, label, SecretBytes.fromText('hunter2'));

async function wrapContentKey(length: number): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: 'RSA-OAEP', label };
  return new Uint8Array(await crypto.subtle.encrypt(algorithm, firstCertificate.publicKey, new Uint8Array(length)));
}

test('sealValue adds the length, one RSA block and one tag', () => {
  expect(sealed.length).toBe(2 + 256 + 'hunter2'.length + 16);
  expect([sealed[0], sealed[1]]).toEqual([1, 0]);
});

test('sealValue never gives the same bytes twice', async () => {
  expect(await sealValue(firstCertificate, label, SecretBytes.fromText('hunter2'))).not.toEqual(sealed);
});

test('sealValue leaves the plaintext as it is', async () => {
  const plaintext = SecretBytes.fromText('hunter2');
  await sealValue(firstCertificate, label, plaintext);
  expect(plaintext.expose()).toEqual(new TextEncoder().encode('hunter2'));
});

test('sealValue refuses a weak key', async () => {
  const weak = await readCertificateOfAnySize(WEAK_KEY.certificatePem);
  await expect(sealValue(weak, label, SecretBytes.fromText('x'))).rejects.toMatchObject({ code: 'CERT_WEAK_KEY' });
});

test('openValue gives the plaintext back', async () => {
  const opened = await openValue(firstKey, label, parseEnvelope(sealed));
  expect(opened?.expose()).toEqual(new TextEncoder().encode('hunter2'));
});

test('openValue returns null for another key, another label and a key of another size', async () => {
  const envelope = parseEnvelope(sealed);
  expect(await openValue(secondKey, label, envelope)).toBeNull();
  expect(await openValue(firstKey, labelOf('cluster-wide', '', ''), envelope)).toBeNull();
  expect(await openValue(await sealingKeyOf(WEAK_KEY), label, envelope)).toBeNull();
});

test.each([
  ['in the ciphertext', 258],
  ['in the tag', sealed.length - 1],
])('openValue refuses a bit flipped %s', async (_, at) => {
  const flipped = sealed.slice();
  flipped[at]! ^= 0x80;
  await expect(openValue(firstKey, label, parseEnvelope(flipped))).rejects.toMatchObject({
    code: 'SEALED_VALUE_CORRUPT',
  });
});

test.each([[0], [15], [31], [33]])('openValue refuses a content key of %i bytes', async (length) => {
  const envelope = { wrappedKey: await wrapContentKey(length), ciphertext: new Uint8Array(20) };
  await expect(openValue(firstKey, label, parseEnvelope(encodeEnvelope(envelope)))).rejects.toMatchObject({
    code: 'SEALED_VALUE_BAD_CONTENT_KEY',
    message: `sealed value holds a content key of ${length} bytes, expected 32`,
  });
});
