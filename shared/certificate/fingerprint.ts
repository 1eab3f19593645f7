/** @module The fingerprint of an RSA public key, in the form that OpenSSH and sealed-secrets use. */
import { encodeBase64 } from '../encoding/base64.ts';
import { concatBytes, encodeUtf8 } from '../encoding/bytes.ts';
import type { RsaPublicNumbers } from './rsa-key.ts';

/** `SHA256:` and the unpadded base64 of a SHA-256; equal exactly for equal public keys. */
export type Fingerprint = string & { readonly __brand: 'Fingerprint' };

/** The fingerprint of a public key: SHA-256 over its ssh-rsa wire form (RFC 4253 section 6.6). */
export async function fingerprintOf(numbers: RsaPublicNumbers): Promise<Fingerprint> {
  const wire = concatBytes([
    sshString(encodeUtf8('ssh-rsa')),
    sshString(sshNumber(numbers.exponent)),
    sshString(sshNumber(numbers.modulus)),
  ]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', wire));
  return `SHA256:${encodeBase64(digest).replace(/=+$/, '')}` as Fingerprint;
}

function sshString(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length);
  return concatBytes([length, bytes]);
}

/** SSH numbers are signed: a set top bit needs a zero byte in front. */
function sshNumber(magnitude: Uint8Array): Uint8Array {
  return (magnitude[0] ?? 0) >= 0x80 ? concatBytes([Uint8Array.of(0), magnitude]) : magnitude;
}
