/**
 * @module Makes a sealing key: an RSA key pair and the self-signed certificate that sealed-secrets would make for it.
 * Runs on Node only. node-forge builds the structure; keys and signature come from Node's own cryptography.
 */
import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { CertificateError } from './errors.ts';
import { MIN_SEALING_BITS } from './read-certificate.ts';

/** What to make. */
export interface SealingKeyOptions {
  /** Size of the modulus; at least 2048. */
  readonly bits: number;
  /** How long the certificate is valid from `now` on; the end is at the latest in the year 9999. */
  readonly validForMs: number;
  /** Common name of subject and issuer; without one both are empty, as sealed-secrets has it. */
  readonly commonName?: string;
  readonly now: Date;
}

/** A new sealing key as a key Secret holds it. */
export interface IssuedSealingKey {
  /** PKCS#1, `RSA PRIVATE KEY`. */
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

const PUBLIC_EXPONENT = 65_537;
const LATEST_END = Date.UTC(9999, 11, 31, 23, 59, 59);
const generateRsaKeyPair = promisify(generateKeyPair);

/**
 * A new RSA key with a certificate: X.509 v3, self-signed with SHA-256, random serial number below 2^128, key usage
 * encipherOnly, CA true, subject key identifier. Takes seconds, on the thread pool.
 * @throws CertificateError `CERT_WEAK_KEY`, `CERT_BAD_VALIDITY`.
 */
export async function issueSealingKey(options: SealingKeyOptions): Promise<IssuedSealingKey> {
  assertOptions(options);
  const { privateKey, publicKey } = await generateRsaKeyPair('rsa', {
    modulusLength: options.bits,
    publicExponent: PUBLIC_EXPONENT,
  });
  return {
    privateKeyPem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    certificatePem: issueCertificate(privateKey, publicKey, options),
  };
}

function assertOptions({ bits, validForMs, now }: SealingKeyOptions): void {
  if (!(bits >= MIN_SEALING_BITS)) {
    throw new CertificateError(
      'CERT_WEAK_KEY',
      `cannot make a sealing key: a size of ${bits} bits was asked for, expected at least ${MIN_SEALING_BITS}`,
    );
  }
  if (!(validForMs > 0 && now.getTime() + validForMs <= LATEST_END)) {
    throw new CertificateError(
      'CERT_BAD_VALIDITY',
      `cannot make a certificate: valid for ${validForMs} ms, expected more than 0 and an end before the year 10000`,
    );
  }
}

function issueCertificate(privateKey: KeyObject, publicKey: KeyObject, options: SealingKeyOptions): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  certificate.serialNumber = randomSerialNumber();
  certificate.validity.notBefore = wholeSeconds(options.now.getTime());
  certificate.validity.notAfter = wholeSeconds(options.now.getTime() + options.validForMs);
  const name = nameOf(options.commonName ?? '');
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'keyUsage', critical: true, encipherOnly: true },
    { name: 'basicConstraints', critical: true, cA: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  signWith(certificate, privateKey);
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
}

function nameOf(commonName: string): forge.pki.CertificateField[] {
  if (commonName === '') return [];
  // node-forge's typings call the ASN.1 type of a value its class.
  const valueTagClass = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  return [{ name: 'commonName', value: commonName, valueTagClass }];
}

/** 16 random bytes as a positive number in its shortest form, in the hex that node-forge takes for the DER content. */
function randomSerialNumber(): string {
  const hex =
    randomBytes(16)
      .toString('hex')
      .replace(/^(00)+/, '') || '01';
  return Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex;
}

/**
 * Has node-forge lay out the part to be signed and signs it natively: forge's own RSA would block for 160 ms and is
 * not trusted with private keys.
 */
function signWith(certificate: forge.pki.Certificate, privateKey: KeyObject): void {
  const nativeSigner = {
    sign: (): string => {
      const signed = Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), 'latin1');
      return sign('sha256', signed, privateKey).toString('latin1');
    },
  };
  certificate.sign(nativeSigner as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create());
}

function wholeSeconds(instantMs: number): Date {
  return new Date(Math.floor(instantMs / 1000) * 1000);
}
