/**
 * @module Keys that open sealed values, and the ring that holds them. It says which keys there are; in which order
 * they are tried is decided where values are opened.
 */
import { CertificateError } from '../certificate/errors.ts';
import type { Fingerprint } from '../certificate/fingerprint.ts';
import { readPrivateKey } from '../certificate/private-key.ts';
import { readCertificateOfAnySize, type SealingCertificate } from '../certificate/read-certificate.ts';
import { importPrivateKey, type WebCryptoKey } from '../certificate/rsa-key.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import { Lanes } from './lanes.ts';

/** A private key without a certificate: it opens values, and nothing can be sealed to it. */
export interface OpeningKey {
  /** Of the private key's own public half. */
  readonly fingerprint: Fingerprint;
  /** When the key came to be; newer keys are tried first. */
  readonly createdAt: Date;
  readonly modulusBits: number;
  /** Length of the RSA blocks that this key can open. */
  readonly modulusBytes: number;
  /** How many values it opens at once; further ones wait. */
  readonly lanes: number;
  /** The content that was wrapped for this key and `label`, or null when `wrappedKey` is not for this key and label. */
  unwrap(label: Uint8Array<ArrayBuffer>, wrappedKey: Uint8Array<ArrayBuffer>): Promise<SecretBytes | null>;
}

/** A private key with its certificate, as a key Secret holds them. */
export interface SealingKey extends OpeningKey {
  readonly certificate: SealingCertificate;
  /** False when the certificate is that of another key: what is sealed to it does not open with this key. */
  readonly certificateMatches: boolean;
}

/** Where an {@link OpeningKey} comes from. */
export interface OpeningKeySource {
  /** PKCS#1 or PKCS#8. */
  readonly privateKeyPem: string;
  /** Default: the beginning of time. */
  readonly createdAt?: Date;
  /** How many values to open at once; default 1, and more than two for each processor gain nothing. */
  readonly lanes?: number;
}

/** Where a {@link SealingKey} comes from. */
export interface SealingKeySource extends OpeningKeySource {
  /** May be a chain; its first certificate counts. */
  readonly certificatePem: string;
  readonly createdAt: Date;
}

/** Imports a private key that opens what is sealed to its own public half. @throws CertificateError `KEY_*`. */
export async function importOpeningKey(source: OpeningKeySource): Promise<OpeningKey> {
  const { pkcs8, publicKey, fingerprint, modulusBits } = await readPrivateKey(source.privateKeyPem);
  try {
    const laneCount = Math.max(1, Math.floor(source.lanes ?? 1));
    const first = await importPrivateKey(pkcs8.expose());
    await assertPair(first, publicKey);
    // Node runs one RSA operation at a time per CryptoKey, so each lane imports a key of its own.
    const others = await Promise.all(Array.from({ length: laneCount - 1 }, () => importPrivateKey(pkcs8.expose())));
    const lanes = new Lanes<WebCryptoKey>([first, ...others]);
    return {
      fingerprint,
      createdAt: source.createdAt ?? new Date(0),
      modulusBits,
      modulusBytes: Math.ceil(modulusBits / 8),
      lanes: lanes.size,
      unwrap: (label, wrappedKey) => lanes.run((key) => unwrapWith(key, label, wrappedKey)),
    };
  } finally {
    pkcs8.wipe();
  }
}

/** Imports a key Secret's pair. A certificate of another key is recorded, not refused. @throws CertificateError `KEY_*`, `CERT_*`. */
export async function importSealingKey(source: SealingKeySource): Promise<SealingKey> {
  const certificate = await readCertificateOfAnySize(source.certificatePem);
  const key = await importOpeningKey(source);
  return { ...key, certificate, certificateMatches: certificate.fingerprint === key.fingerprint };
}

/** An unchangeable set of keys, at most one per fingerprint. */
export class Keyring<Key extends OpeningKey = SealingKey> {
  /** Newest first; keys of one age in the order of their fingerprints. */
  readonly keys: readonly Key[];

  constructor(keys: Iterable<Key> = []) {
    const byFingerprint = new Map<Fingerprint, Key>();
    for (const key of keys) byFingerprint.set(key.fingerprint, key);
    this.keys = [...byFingerprint.values()].sort(newestFirst);
  }
}

function newestFirst(a: OpeningKey, b: OpeningKey): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.fingerprint < b.fingerprint ? -1 : 1);
}

/** The platform imports a damaged key without a word, and whatever is sealed to it would be lost. */
async function assertPair(privateKey: WebCryptoKey, publicKey: WebCryptoKey): Promise<void> {
  const label = new Uint8Array(0);
  const content = crypto.getRandomValues(new Uint8Array(32));
  const wrapped = await crypto.subtle.encrypt({ name: 'RSA-OAEP', label }, publicKey, content);
  const opened = await unwrapWith(privateKey, label, new Uint8Array(wrapped));
  if (opened !== null && equalBytes(opened.expose(), content)) return;
  throw new CertificateError(
    'KEY_MALFORMED',
    'cannot use the private key: it does not open what is sealed to its public half',
    { hint: 'restore the key from a backup' },
  );
}

async function unwrapWith(
  key: WebCryptoKey,
  label: Uint8Array<ArrayBuffer>,
  wrappedKey: Uint8Array<ArrayBuffer>,
): Promise<SecretBytes | null> {
  try {
    const content = await crypto.subtle.decrypt({ name: 'RSA-OAEP', label }, key, wrappedKey);
    return new SecretBytes(new Uint8Array(content));
  } catch (error) {
    // WebCrypto says OperationError for every wrong key, label and length alike; anything else is a bug.
    if (error instanceof Error && error.name === 'OperationError') return null;
    throw error;
  }
}
