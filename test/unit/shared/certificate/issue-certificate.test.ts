import { execFile, spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type IssuedSealingKey, issueSealingKey } from '../../../../shared/certificate/issue-certificate.ts';
import { readPrivateKey } from '../../../../shared/certificate/private-key.ts';
import { readCertificate } from '../../../../shared/certificate/read-certificate.ts';

const now = new Date('2026-11-21T13:15:48.789Z');
const dayMs = 86_400_000;
const issued = await issueSealingKey({ bits: 2048, validForMs: 3650 * dayMs, now });
const named = await issueSealingKey({ bits: 2048, validForMs: 40 * 365 * dayMs, now, commonName: 'Größe' });
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test('issueSealingKey gives a PKCS#1 key and the certificate that belongs to it', async () => {
  expect(issued.privateKeyPem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  const certificate = new X509Certificate(issued.certificatePem);
  const privateKey = createPrivateKey(issued.privateKeyPem);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect(privateKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2048, publicExponent: 65_537n });
  const ours = await readCertificate(issued.certificatePem);
  expect((await readPrivateKey(issued.privateKeyPem)).fingerprint).toBe(ours.fingerprint);
});

test('issueSealingKey signs the certificate with its own key', () => {
  const certificate = new X509Certificate(issued.certificatePem);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.issuer).toBe(certificate.subject);
});

test('issueSealingKey dates the certificate from the given instant, in whole seconds', async () => {
  const { notBefore, notAfter } = await readCertificate(issued.certificatePem);
  expect(notBefore.toISOString()).toBe('2026-11-21T13:15:48.000Z');
  expect(notAfter.getTime() - notBefore.getTime()).toBe(3650 * dayMs);
});

test('issueSealingKey can write an end beyond 2049', async () => {
  const { notAfter, subject } = await readCertificate(named.certificatePem);
  expect([notAfter.getUTCFullYear(), subject]).toEqual([2066, 'Größe']);
});

test('issueSealingKey leaves subject and issuer empty without a common name', async () => {
  expect(new X509Certificate(issued.certificatePem).subject ?? '').toBe('');
  expect((await readCertificate(issued.certificatePem)).subject).toBe('');
});

test('issueSealingKey gives every certificate another positive serial number', () => {
  const serials = [issued, named].map((key) => BigInt(`0x${new X509Certificate(key.certificatePem).serialNumber}`));
  expect(serials[0]).not.toBe(serials[1]);
  for (const serial of serials) expect(serial > 0n && serial < 2n ** 128n).toBe(true);
});

test('issueSealingKey makes the certificate that sealed-secrets makes, as OpenSSL reads it', async (context) => {
  context.skip(!hasOpenssl, 'the openssl program is not installed');
  const text = await describeWithOpenssl(issued);
  expect(text).toMatch(/Version: 3 \(0x2\)/);
  expect(text.match(/Signature Algorithm: sha256WithRSAEncryption/g)).toHaveLength(2);
  expect(text).toMatch(/X509v3 Key Usage: critical\s+Encipher Only\n/);
  expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:TRUE\n/);
  expect(text).toMatch(/X509v3 Subject Key Identifier: *\n/);
  expect(text.match(/X509v3 (?!extensions)[^:\n]+:/g)).toHaveLength(3);
});

test.each([[0], [1024], [2047], [Number.NaN]])('issueSealingKey refuses a key of %i bits', async (bits) => {
  await expect(issueSealingKey({ bits, validForMs: dayMs, now })).rejects.toMatchObject({ code: 'CERT_WEAK_KEY' });
});

test.each([[0], [-1], [Number.NaN], [Number.POSITIVE_INFINITY], [8000 * 366 * dayMs]])(
  'issueSealingKey refuses a validity of %d ms',
  async (validForMs) => {
    await expect(issueSealingKey({ bits: 2048, validForMs, now })).rejects.toMatchObject({ code: 'CERT_BAD_VALIDITY' });
  },
);

async function describeWithOpenssl(key: IssuedSealingKey): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-certificate-'));
  try {
    const file = path.join(folder, 'tls.crt');
    await writeFile(file, key.certificatePem);
    const { stdout } = await promisify(execFile)('openssl', ['x509', '-in', file, '-noout', '-text']);
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
