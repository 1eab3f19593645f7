import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueSealingKey } from '../../../../shared/certificate/issue-certificate.ts';
import { encodePem, parsePemBlocks } from '../../../../shared/certificate/pem.ts';
import {
  assertUsableForSealing,
  readCertificate,
  readCertificateOfAnySize,
  readCertificates,
} from '../../../../shared/certificate/read-certificate.ts';
import { ELLIPTIC_CERTIFICATE_PEM, FIRST_KEY, LARGE_KEY, SECOND_KEY, WEAK_KEY } from '../../../support/test-keys.ts';

const der = parsePemBlocks(FIRST_KEY.certificatePem)[0]!.bytes;

/** The first certificate with `replacement` at `offset`. */
function changed(offset: number, ...replacement: readonly number[]): string {
  const bytes = der.slice();
  bytes.set(replacement, offset);
  return encodePem('CERTIFICATE', bytes);
}

test.each([
  ['2048 bits', FIRST_KEY, 2048],
  ['4096 bits', LARGE_KEY, 4096],
  ['an empty subject', SECOND_KEY, 2048],
])('readCertificate agrees with Node about a certificate of %s', async (_, key, bits) => {
  const ours = await readCertificate(key.certificatePem);
  const theirs = new X509Certificate(key.certificatePem);
  expect({ ...ours, publicKey: undefined, fingerprint: undefined }).toEqual({
    pem: key.certificatePem,
    publicKey: undefined,
    fingerprint: undefined,
    notBefore: new Date(theirs.validFrom),
    notAfter: new Date(theirs.validTo),
    modulusBits: bits,
    serialNumber: theirs.serialNumber.toLowerCase(),
    subject: theirs.subject?.replace('CN=', '') ?? '',
  });
  const exported = new Uint8Array(await crypto.subtle.exportKey('spki', ours.publicKey));
  expect(Buffer.from(exported)).toEqual(theirs.publicKey.export({ type: 'spki', format: 'der' }));
});

test('readCertificate takes the first certificate of a chain', async () => {
  const chain = `${FIRST_KEY.privateKeyPem}${FIRST_KEY.certificatePem}${SECOND_KEY.certificatePem}`;
  expect((await readCertificate(chain)).pem).toBe(FIRST_KEY.certificatePem);
});

test('readCertificates gives every certificate in order', async () => {
  const certificates = await readCertificates(`# pinned\n${LARGE_KEY.certificatePem}\n${FIRST_KEY.certificatePem}`);
  expect(certificates.map((certificate) => certificate.modulusBits)).toEqual([4096, 2048]);
});

test('readCertificate normalises line ends and widths of the block', async () => {
  const oneLine = FIRST_KEY.certificatePem.replaceAll(/(?<!-)\n(?!-)/g, '').replaceAll('\n', '\r\n');
  expect((await readCertificate(oneLine)).pem).toBe(FIRST_KEY.certificatePem);
});

test.each([
  ['no PEM at all', 'hello', 'CERT_NO_PEM', 'no PEM block "CERTIFICATE"'],
  ['a private key alone', FIRST_KEY.privateKeyPem, 'CERT_NO_PEM', 'found "RSA PRIVATE KEY"'],
  ['a certificate cut short', FIRST_KEY.certificatePem.slice(0, 400), 'CERT_MALFORMED', 'no end line'],
  ['bytes that are no DER', encodePem('CERTIFICATE', Uint8Array.of(1, 2, 3)), 'CERT_MALFORMED', 'cut short'],
  ['an empty block', encodePem('CERTIFICATE', new Uint8Array(0)), 'CERT_MALFORMED', 'missing'],
  ['bytes after the certificate', encodePem('CERTIFICATE', Uint8Array.of(...der, 0)), 'CERT_MALFORMED', 'bytes follow'],
  ['an elliptic curve key', ELLIPTIC_CERTIFICATE_PEM, 'CERT_NOT_RSA', 'found an elliptic curve key'],
  ['a key of 1024 bits', WEAK_KEY.certificatePem, 'CERT_WEAK_KEY', 'its key has 1024 bits, expected at least 2048'],
])('readCertificate refuses %s', async (_, pem, code, problem) => {
  await expect(readCertificate(pem)).rejects.toMatchObject({ code, message: expect.stringContaining(problem) });
});

test('readCertificates refuses a list with one bad certificate', async () => {
  const list = `${FIRST_KEY.certificatePem}${WEAK_KEY.certificatePem}`;
  await expect(readCertificates(list)).rejects.toMatchObject({ code: 'CERT_WEAK_KEY' });
});

test('readCertificateOfAnySize reads a weak certificate', async () => {
  expect(await readCertificateOfAnySize(WEAK_KEY.certificatePem)).toMatchObject({ modulusBits: 1024 });
});

test('readCertificate refuses a public exponent of 1, which would leave values unsealed', async () => {
  const exponentAt = Buffer.from(der).indexOf(Buffer.from([0x02, 0x03, 0x01, 0x00, 0x01]));
  await expect(readCertificate(changed(exponentAt + 2, 0, 0, 1))).rejects.toMatchObject({ code: 'CERT_MALFORMED' });
  await expect(readCertificate(changed(exponentAt + 2, 1, 0, 0))).rejects.toMatchObject({
    code: 'CERT_MALFORMED',
    message: 'cannot use the RSA key: its exponent is 65536',
  });
});

test('readCertificate refuses an even modulus', async () => {
  const exponentAt = Buffer.from(der).indexOf(Buffer.from([0x02, 0x03, 0x01, 0x00, 0x01]));
  await expect(readCertificate(changed(exponentAt - 1, 0x10))).rejects.toMatchObject({ code: 'CERT_MALFORMED' });
});

test.each([
  ['a month that does not exist', '261301000000Z', 'a day that does not exist'],
  ['the 30th of February', '260230000000Z', 'a day that does not exist'],
  ['an hour of 24', '260101240000Z', 'a day that does not exist'],
  ['letters', '2601xx000000Z', 'is no time'],
  ['no zone', '2601010000000', 'is no time'],
])('readCertificate refuses a validity with %s', async (_, time, problem) => {
  const at = Buffer.from(der).indexOf('260101000000Z');
  await expect(readCertificate(changed(at, ...Buffer.from(time)))).rejects.toMatchObject({
    code: 'CERT_MALFORMED',
    message: expect.stringContaining(problem),
  });
});

test('readCertificate reads two-digit years from 50 on as of the twentieth century', async () => {
  const at = Buffer.from(der).indexOf('260101000000Z');
  const certificate = await readCertificate(changed(at, ...Buffer.from('991231235959Z')));
  expect(certificate.notBefore.toISOString()).toBe('1999-12-31T23:59:59.000Z');
});

test('readCertificate replaces control characters of the subject', async () => {
  const at = Buffer.from(der).lastIndexOf('first test key');
  expect(await readCertificate(changed(at, 0x1b))).toMatchObject({ subject: '\uFFFDirst test key' });
});

test('assertUsableForSealing accepts a certificate up to its last second and before its first', async () => {
  const { certificatePem } = await issueSealingKey({
    bits: 2048,
    validForMs: 60_000,
    now: new Date('2026-03-01T00:00:00Z'),
  });
  const certificate = await readCertificate(certificatePem);
  expect(() => assertUsableForSealing(certificate, new Date('2026-03-01T00:01:00Z'))).not.toThrow();
  expect(() => assertUsableForSealing(certificate, new Date('2020-01-01T00:00:00Z'))).not.toThrow();
});

test('assertUsableForSealing refuses an expired certificate and says since when', async () => {
  const certificate = await readCertificate(FIRST_KEY.certificatePem);
  expect(() => assertUsableForSealing(certificate, new Date('2200-01-01T00:00:00Z'))).toThrow(
    expect.objectContaining({
      code: 'CERT_EXPIRED',
      message: expect.stringContaining('expired on 2125-12-08T00:00:00'),
    }),
  );
});

test('assertUsableForSealing refuses a weak key', async () => {
  const certificate = await readCertificateOfAnySize(WEAK_KEY.certificatePem);
  expect(() => assertUsableForSealing(certificate, new Date('2026-06-01T00:00:00Z'))).toThrow(
    expect.objectContaining({ code: 'CERT_WEAK_KEY' }),
  );
});
