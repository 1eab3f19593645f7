/**
 * @module PEM text to sealing certificates: public key, validity, fingerprint. It judges size and date only; whether a
 * certificate is the right one is decided by whoever fetched it.
 */
import { parseCertificateFields } from './certificate-fields.ts';
import { CertificateError } from './errors.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { encodePem, type PemBlock, parsePemBlocks } from './pem.ts';
import { importPublicKey, modulusBitsOf, type WebCryptoKey } from './rsa-key.ts';

/** A certificate that can be sealed to. */
export interface SealingCertificate {
  /** This certificate alone, as one PEM block in lines of 64 characters. */
  readonly pem: string;
  /** RSA-OAEP with SHA-256, for `encrypt`. */
  readonly publicKey: WebCryptoKey;
  readonly fingerprint: Fingerprint;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly modulusBits: number;
  /** Lower-case hex without a sign byte. */
  readonly serialNumber: string;
  /** The common name; empty when there is none. */
  readonly subject: string;
}

/** The smallest key that is sealed to. Smaller ones are still used for opening. */
export const MIN_SEALING_BITS = 2048;

/**
 * The first certificate of `pem`, which may be a chain: only the first counts, as for sealed-secrets.
 * @throws CertificateError `CERT_NO_PEM`, `CERT_MALFORMED`, `CERT_NOT_RSA`, `CERT_WEAK_KEY`.
 */
export async function readCertificate(pem: string): Promise<SealingCertificate> {
  const certificate = await readCertificateOfAnySize(pem);
  assertStrongKey(certificate);
  return certificate;
}

/**
 * Every certificate of `pem`, in order; at least one.
 * @throws CertificateError as {@link readCertificate}, for any of them.
 */
export async function readCertificates(pem: string): Promise<readonly SealingCertificate[]> {
  const certificates = await Promise.all(certificateBlocks(pem).map(fromBlock));
  for (const certificate of certificates) assertStrongKey(certificate);
  return certificates;
}

/**
 * As {@link readCertificate}, for a key that will only open values: every size from 1024 bits on is read.
 * @throws CertificateError `CERT_NO_PEM`, `CERT_MALFORMED`, `CERT_NOT_RSA`.
 */
export async function readCertificateOfAnySize(pem: string): Promise<SealingCertificate> {
  const [first] = certificateBlocks(pem);
  return fromBlock(first);
}

/**
 * Asserts that `certificate` may be sealed to at `now`. The start of validity is not checked, as with kubeseal:
 * a cluster whose clock is ahead would otherwise lock its users out.
 * @throws CertificateError `CERT_EXPIRED`, `CERT_WEAK_KEY`.
 */
export function assertUsableForSealing(certificate: SealingCertificate, now: Date): void {
  assertStrongKey(certificate);
  if (now.getTime() <= certificate.notAfter.getTime()) return;
  throw new CertificateError(
    'CERT_EXPIRED',
    `cannot seal with certificate "${certificate.fingerprint}": it expired on ${certificate.notAfter.toISOString()}`,
    { hint: "fetch the cluster's current certificate" },
  );
}

/** Asserts that the key has at least {@link MIN_SEALING_BITS} bits. @throws CertificateError `CERT_WEAK_KEY`. */
export function assertStrongKey(certificate: SealingCertificate): void {
  if (certificate.modulusBits >= MIN_SEALING_BITS) return;
  throw new CertificateError(
    'CERT_WEAK_KEY',
    `cannot seal with certificate "${certificate.fingerprint}": its key has ${certificate.modulusBits} bits, expected at least ${MIN_SEALING_BITS}`,
    { hint: 'use a certificate of a larger key' },
  );
}

function certificateBlocks(pem: string): readonly [PemBlock, ...PemBlock[]] {
  const blocks = parsePemBlocks(pem, 'CERT_MALFORMED');
  const [first, ...others] = blocks.filter((block) => block.label === 'CERTIFICATE');
  if (first !== undefined) return [first, ...others];
  const found = [...new Set(blocks.map((block) => `"${block.label}"`))].join(', ');
  throw new CertificateError(
    'CERT_NO_PEM',
    `cannot read certificate: no PEM block "CERTIFICATE"${found === '' ? '' : `, found ${found}`}`,
    { hint: 'give the PEM certificate, which begins with -----BEGIN CERTIFICATE-----' },
  );
}

async function fromBlock(block: PemBlock): Promise<SealingCertificate> {
  const fields = parseCertificateFields(block.bytes);
  const [publicKey, fingerprint] = await Promise.all([
    importPublicKey(fields.spki),
    fingerprintOf(fields.publicNumbers),
  ]);
  return {
    pem: encodePem('CERTIFICATE', block.bytes),
    publicKey,
    fingerprint,
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    modulusBits: modulusBitsOf(fields.publicNumbers),
    serialNumber: fields.serialNumber,
    subject: fields.subject,
  };
}
