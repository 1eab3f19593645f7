import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CertificateError } from '../../shared/certificate/errors.ts';
import { encodePem, parsePemBlocks } from '../../shared/certificate/pem.ts';
import { readPrivateKey } from '../../shared/certificate/private-key.ts';
import { readCertificate } from '../../shared/certificate/read-certificate.ts';
import { importOpeningKey } from '../../shared/sealing/keyring.ts';
import { FIRST_KEY } from '../support/test-keys.ts';

const certificate = parsePemBlocks(FIRST_KEY.certificatePem)[0]!.bytes;
const privateKey = parsePemBlocks(FIRST_KEY.privateKeyPem)[0]!.bytes;

/** `original` with bytes replaced, added and left out at one place. */
function mutationsOf(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.nat(original.length), fc.nat(4), fc.uint8Array({ maxLength: 4 }))
    .map(([at, removed, added]) =>
      Uint8Array.from([...original.subarray(0, at), ...added, ...original.subarray(at + removed)]),
    );
}

/** Runs `read` and demands that it succeeds or throws a {@link CertificateError}. */
async function expectOnlyCoded(read: () => Promise<unknown>): Promise<void> {
  const error = await read().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error !== null) expect(error).toBeInstanceOf(CertificateError);
}

test('readCertificate reads or refuses any bytes, with a code', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), (bytes) =>
      expectOnlyCoded(() => readCertificate(encodePem('CERTIFICATE', bytes))),
    ),
    { numRuns: 1000 },
  );
});

test('readCertificate reads or refuses any change of a certificate, with a code', async () => {
  await fc.assert(
    fc.asyncProperty(mutationsOf(certificate), (bytes) =>
      expectOnlyCoded(() => readCertificate(encodePem('CERTIFICATE', bytes))),
    ),
    { numRuns: 2000 },
  );
});

test('readCertificate refuses any cut of a certificate', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(certificate.length - 1), async (length) => {
      const pem = encodePem('CERTIFICATE', certificate.slice(0, length));
      await expect(readCertificate(pem)).rejects.toMatchObject({ code: 'CERT_MALFORMED' });
    }),
  );
});

test('readPrivateKey and the import read or refuse any change of a key, with a code', async () => {
  const label = fc.constantFrom('RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY');
  await fc.assert(
    fc.asyncProperty(mutationsOf(privateKey), label, (bytes, name) =>
      expectOnlyCoded(() => importOpeningKey({ privateKeyPem: encodePem(name, bytes) })),
    ),
    { numRuns: 1000 },
  );
});

test('readPrivateKey reads or refuses any text, with a code', async () => {
  const lines = fc.constantFrom(
    '-----BEGIN RSA PRIVATE KEY-----',
    '-----END RSA PRIVATE KEY-----',
    'AAAA',
    '',
    'a: b',
    '=',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(lines).map((parts) => parts.join('\n')),
  );
  await fc.assert(
    fc.asyncProperty(text, (pem) => expectOnlyCoded(() => readPrivateKey(pem))),
    { numRuns: 1000 },
  );
});

test('parsePemBlocks finds what encodePem wrote, between any other lines', () => {
  const noise = fc.string().filter((text) => !text.includes('-----'));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), noise, noise, (bytes, before, after) => {
      const blocks = parsePemBlocks(`${before}\n${encodePem('X Y', bytes)}${after}`);
      expect(blocks.map((block) => [block.label, [...block.bytes]])).toEqual([['X Y', [...bytes]]]);
    }),
  );
});
