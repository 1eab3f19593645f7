/**
 * @module PEM text to an RSA private key in the one form that WebCrypto imports, PKCS#8. PKCS#1 is wrapped; other
 * blocks of the text are passed over.
 */
import { SecretBytes } from '../errors/secret-bytes.ts';
import { DER_TAG, DerReader } from './der-reader.ts';
import { encodeDer } from './der-writer.ts';
import { CertificateError } from './errors.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { type PemBlock, parsePemBlocks } from './pem.ts';
import {
  importPublicNumbers,
  modulusBitsOf,
  RSA_ENCRYPTION_OID,
  type RsaPublicNumbers,
  readForeignAlgorithm,
  readPublicNumbers,
  type WebCryptoKey,
} from './rsa-key.ts';

/** An RSA private key. Whoever reads it wipes `pkcs8` after use. */
export interface RsaPrivateKey {
  readonly pkcs8: SecretBytes;
  /** Its public half, as it says itself; whether the private half fits is not checked. */
  readonly publicKey: WebCryptoKey;
  /** Of its public half: equal to that of the certificate it belongs to. */
  readonly fingerprint: Fingerprint;
  readonly modulusBits: number;
}

const KEY_LABELS: readonly string[] = ['RSA PRIVATE KEY', 'PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'EC PRIVATE KEY'];

/**
 * The first private key of `pem`, PKCS#1 or PKCS#8.
 * @throws CertificateError `KEY_NO_PEM`, `KEY_ENCRYPTED`, `KEY_NOT_RSA`, `KEY_MALFORMED`.
 */
export async function readPrivateKey(pem: string): Promise<RsaPrivateKey> {
  const block = findKeyBlock(pem);
  const pkcs8 = toPkcs8(block);
  const numbers = parsePkcs8(pkcs8);
  return {
    pkcs8: new SecretBytes(pkcs8),
    publicKey: await importPublicNumbers(numbers),
    fingerprint: await fingerprintOf(numbers),
    modulusBits: modulusBitsOf(numbers),
  };
}

function findKeyBlock(pem: string): PemBlock {
  const blocks = parsePemBlocks(pem, 'KEY_MALFORMED');
  const block = blocks.find(({ label }) => KEY_LABELS.includes(label));
  if (block === undefined) {
    const found = [...new Set(blocks.map(({ label }) => `"${label}"`))].join(', ');
    throw new CertificateError(
      'KEY_NO_PEM',
      `cannot read private key: no PEM block with one${found === '' ? '' : `, found ${found}`}`,
      { hint: 'give the PEM text of an RSA private key, such as tls.key of a sealing key' },
    );
  }
  if (block.isEncrypted || block.label === 'ENCRYPTED PRIVATE KEY') {
    throw new CertificateError('KEY_ENCRYPTED', 'cannot read private key: it is encrypted with a passphrase', {
      hint: 'decrypt it first, for example with `openssl pkey`',
    });
  }
  if (block.label === 'EC PRIVATE KEY') throw notRsa('an elliptic curve key');
  return block;
}

function toPkcs8(block: PemBlock): Uint8Array<ArrayBuffer> {
  if (block.label === 'PRIVATE KEY') return block.bytes;
  const algorithm = encodeDer(DER_TAG.sequence, encodeDer(DER_TAG.oid, RSA_ENCRYPTION_OID), encodeDer(DER_TAG.null));
  const key = encodeDer(DER_TAG.octetString, block.bytes);
  const version = encodeDer(DER_TAG.integer, Uint8Array.of(0));
  const pkcs8 = encodeDer(DER_TAG.sequence, version, algorithm, key);
  block.bytes.fill(0);
  key.fill(0);
  return pkcs8;
}

function parsePkcs8(pkcs8: Uint8Array<ArrayBuffer>): RsaPublicNumbers {
  const outer = new DerReader(pkcs8, 'KEY_MALFORMED');
  const info = outer.enter(DER_TAG.sequence, 'the key');
  outer.expectEnd('the key');
  info.readUnsigned('the version');
  const foreign = readForeignAlgorithm(info);
  if (foreign !== null) throw notRsa(foreign);
  const wrapped = new DerReader(info.read(DER_TAG.octetString, 'the key').content, 'KEY_MALFORMED');
  const key = wrapped.enter(DER_TAG.sequence, 'the key');
  wrapped.expectEnd('the key');
  key.readUnsigned('the version');
  const numbers = readPublicNumbers(key, 'KEY_MALFORMED');
  for (const part of [
    'private exponent',
    'first prime',
    'second prime',
    'first exponent',
    'second exponent',
    'coefficient',
  ]) {
    key.readUnsigned(part);
  }
  key.expectEnd('the coefficient');
  return numbers;
}

function notRsa(found: string): CertificateError {
  return new CertificateError('KEY_NOT_RSA', `cannot use the private key: expected an RSA key, found ${found}`);
}
