/**
 * @module Keys of any common kind as WebCrypto signs with them, to find out whether a private key belongs to a certificate. Sealing keys,
 * which are RSA and only encrypt, are read elsewhere.
 */
import { toHex } from '../encoding/bytes.ts';
import { DER_TAG, DerReader } from './der-reader.ts';
import { encodeDer } from './der-writer.ts';
import type { PemBlock } from './pem.ts';

/** One kind of key. */
export interface KeyAlgorithm {
  readonly importAs: { readonly name: string; readonly hash?: string; readonly namedCurve?: string };
  readonly signAs: { readonly name: string; readonly hash?: string };
  /** AlgorithmIdentifier of the public key, as DER. */
  readonly identifier: Uint8Array<ArrayBuffer>;
}

const RSA_OID = '2a864886f70d010101';
const EC_OID = '2a8648ce3d0201';
const ED25519_OID = '2b6570';
const CURVES: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
]);

/** The kind of the public key in `spki`, a SubjectPublicKeyInfo; null for one that WebCrypto does not know. @throws CertificateError `CERT_MALFORMED` */
export function keyAlgorithmOf(spki: Uint8Array<ArrayBuffer>): KeyAlgorithm | null {
  const info = new DerReader(spki, 'CERT_MALFORMED').enter(DER_TAG.sequence, 'the public key');
  const { content, raw: identifier } = info.read(DER_TAG.sequence, 'the key algorithm');
  const algorithm = new DerReader(content, 'CERT_MALFORMED');
  const oid = toHex(algorithm.read(DER_TAG.oid, 'the key algorithm').content);
  if (oid === RSA_OID) {
    return {
      importAs: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      signAs: { name: 'RSASSA-PKCS1-v1_5' },
      identifier,
    };
  }
  if (oid === ED25519_OID) return { importAs: { name: 'Ed25519' }, signAs: { name: 'Ed25519' }, identifier };
  if (oid !== EC_OID || algorithm.peekTag() !== DER_TAG.oid) return null;
  const namedCurve = CURVES.get(toHex(algorithm.read(DER_TAG.oid, 'the curve').content));
  if (namedCurve === undefined) return null;
  return { importAs: { name: 'ECDSA', namedCurve }, signAs: { name: 'ECDSA', hash: 'SHA-256' }, identifier };
}

/** The private key in `block` as PKCS#8; one of an older form is taken for a key of `algorithm`. The bytes are a copy. */
export function toPkcs8Like(block: PemBlock, { identifier }: KeyAlgorithm): Uint8Array<ArrayBuffer> {
  if (block.label === 'PRIVATE KEY') return block.bytes.slice();
  const key = encodeDer(DER_TAG.octetString, block.bytes);
  const pkcs8 = encodeDer(DER_TAG.sequence, encodeDer(DER_TAG.integer, Uint8Array.of(0)), identifier, key);
  key.fill(0);
  return pkcs8;
}
