/**
 * @module The numbers of RSA keys in DER, and their way into WebCrypto. It knows the key structures of RFC 8017
 * and RFC 5280, not certificates and not files.
 */
import { encodeBase64Url } from '../encoding/base64.ts';
import { toHex } from '../encoding/bytes.ts';
import { DER_TAG, type DerReader } from './der-reader.ts';
import { CertificateError, type MalformedCode } from './errors.ts';

/** A key in WebCrypto, under a name that Node's and the browser's typings share. */
export type WebCryptoKey = InstanceType<typeof CryptoKey>;

/** An RSA public key as numbers: big-endian, without leading zeros. */
export interface RsaPublicNumbers {
  readonly modulus: Uint8Array<ArrayBuffer>;
  readonly exponent: Uint8Array<ArrayBuffer>;
}

/** OID of rsaEncryption, 1.2.840.113549.1.1.1, as the content of its DER element. */
export const RSA_ENCRYPTION_OID: Uint8Array<ArrayBuffer> = Uint8Array.from([
  0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
]);

const RSA_OAEP_SHA256 = { name: 'RSA-OAEP', hash: 'SHA-256' };
/** Smaller keys never were accepted by any implementation of sealed values. */
const MIN_MODULUS_BITS = 1024;
const MAX_MODULUS_BITS = 16_384;
const MAX_EXPONENT_BYTES = 4;
const ALGORITHM_NAMES: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d0201', 'an elliptic curve key'],
  ['2b6570', 'an Ed25519 key'],
  ['2b6571', 'an Ed448 key'],
  ['2b656e', 'an X25519 key'],
  ['2a8648ce380401', 'a DSA key'],
  ['2a864886f70d01010a', 'an RSA-PSS key'],
]);

/**
 * Reads an AlgorithmIdentifier.
 * @returns null for rsaEncryption, else what the key is, for a message: `an elliptic curve key`.
 */
export function readForeignAlgorithm(reader: DerReader): string | null {
  const algorithm = reader.enter(DER_TAG.sequence, 'key algorithm');
  const oid = toHex(algorithm.read(DER_TAG.oid, 'key algorithm').content);
  if (oid === toHex(RSA_ENCRYPTION_OID)) return null;
  return ALGORITHM_NAMES.get(oid) ?? 'a key of another algorithm';
}

/** Reads modulus and exponent, checked as {@link assertPlausible} says. */
export function readPublicNumbers(reader: DerReader, code: MalformedCode): RsaPublicNumbers {
  const numbers = { modulus: reader.readUnsigned('modulus'), exponent: reader.readUnsigned('exponent') };
  assertPlausible(numbers, code);
  return numbers;
}

/** Size of the modulus in bits. */
export function modulusBitsOf(numbers: RsaPublicNumbers): number {
  const first = numbers.modulus[0] ?? 0;
  return numbers.modulus.length * 8 - Math.clz32(first) + 24;
}

/** The public key of a SubjectPublicKeyInfo, for sealing. @throws CertificateError `CERT_MALFORMED`. */
export async function importPublicKey(spki: Uint8Array<ArrayBuffer>): Promise<WebCryptoKey> {
  try {
    return await crypto.subtle.importKey('spki', spki, RSA_OAEP_SHA256, true, ['encrypt']);
  } catch (cause) {
    throw new CertificateError('CERT_MALFORMED', 'cannot use the public key of the certificate', { cause });
  }
}

/** The public half of a private key, for sealing. @throws CertificateError `KEY_MALFORMED`. */
export async function importPublicNumbers({ modulus, exponent }: RsaPublicNumbers): Promise<WebCryptoKey> {
  const key = { kty: 'RSA', n: encodeBase64Url(modulus), e: encodeBase64Url(exponent) };
  try {
    return await crypto.subtle.importKey('jwk', key, RSA_OAEP_SHA256, true, ['encrypt']);
  } catch (cause) {
    throw new CertificateError('KEY_MALFORMED', 'cannot use the public half of the private key', { cause });
  }
}

/** The private key of a PKCS#8 structure, for opening; it cannot be exported again. @throws CertificateError `KEY_MALFORMED`. */
export async function importPrivateKey(pkcs8: Uint8Array<ArrayBuffer>): Promise<WebCryptoKey> {
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, RSA_OAEP_SHA256, false, ['decrypt']);
  } catch {
    // The platform's own error is left out: it may describe the key.
    throw new CertificateError('KEY_MALFORMED', 'cannot use the private key: the platform refuses its numbers');
  }
}

/**
 * Refuses numbers that no honest key has. An exponent of 1 would turn sealing into copying, and a huge modulus or
 * exponent into a way to keep the processor busy.
 */
function assertPlausible(numbers: RsaPublicNumbers, code: MalformedCode): void {
  const bits = modulusBitsOf(numbers);
  const problem = exponentProblem(numbers.exponent) ?? modulusProblem(numbers.modulus, bits);
  if (problem !== null) throw new CertificateError(code, `cannot use the RSA key: ${problem}`);
}

function exponentProblem(exponent: Uint8Array): string | null {
  if (exponent.length > MAX_EXPONENT_BYTES) return `its exponent has ${exponent.length} bytes`;
  const value = exponent.reduce((sum, byte) => sum * 256 + byte, 0);
  return value < 3 || value % 2 === 0 ? `its exponent is ${value}` : null;
}

function modulusProblem(modulus: Uint8Array, bits: number): string | null {
  if (bits > MAX_MODULUS_BITS) return `its modulus has ${bits} bits, more than ${MAX_MODULUS_BITS}`;
  if (bits < MIN_MODULUS_BITS) return `its modulus has ${bits} bits, fewer than ${MIN_MODULUS_BITS}`;
  return (modulus.at(-1) ?? 0) % 2 === 0 ? 'its modulus is even' : null;
}
