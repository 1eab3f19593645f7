/**
 * @module Seals and opens one value: RSA-OAEP wraps a content key that is used once, AES-GCM encrypts with it. The
 * byte layout is in envelope.ts, the choice of key and label with the callers.
 */
import { assertStrongKey, type SealingCertificate } from '../certificate/read-certificate.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import { type Envelope, encodeEnvelope, TAG_BYTES } from './envelope.ts';
import { SealingError } from './errors.ts';
import type { OpeningKey } from './keyring.ts';

const CONTENT_KEY_BYTES = 32;
/** sealed-secrets always writes 32; its reader takes the other AES sizes, too. */
const ACCEPTED_CONTENT_KEY_BYTES: readonly number[] = [16, 24, 32];
/**
 * The nonce is fixed by the format. That is safe for one reason only: every content key is random and encrypts
 * exactly one message. Invariant: no content key is ever used for sealing twice.
 */
const AES_GCM = { name: 'AES-GCM', iv: new Uint8Array(12), tagLength: TAG_BYTES * 8 };

/**
 * Seals `plaintext` to `certificate`, openable only with its private key and `label`. Whether the certificate has
 * expired is the caller's to check. `plaintext` is left as it is.
 * @throws CertificateError `CERT_WEAK_KEY`.
 */
export async function sealValue(
  certificate: SealingCertificate,
  label: Uint8Array<ArrayBuffer>,
  plaintext: SecretBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  assertStrongKey(certificate);
  const contentKey = crypto.getRandomValues(new Uint8Array(CONTENT_KEY_BYTES));
  try {
    const key = await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt']);
    const [ciphertext, wrappedKey] = await Promise.all([
      crypto.subtle.encrypt(AES_GCM, key, plaintext.expose()),
      crypto.subtle.encrypt({ name: 'RSA-OAEP', label }, certificate.publicKey, contentKey),
    ]);
    return encodeEnvelope({ wrappedKey: new Uint8Array(wrappedKey), ciphertext: new Uint8Array(ciphertext) });
  } finally {
    contentKey.fill(0);
  }
}

/**
 * Opens `envelope` with `key` and `label`.
 * @returns null when it was not sealed to this key and label, which the format cannot tell apart.
 * @throws SealingError `SEALED_VALUE_BAD_CONTENT_KEY` when it was, with a content key that AES does not know;
 * `SEALED_VALUE_CORRUPT` when it was, and its ciphertext has been changed or cut since.
 */
export async function openValue(
  key: OpeningKey,
  label: Uint8Array<ArrayBuffer>,
  envelope: Envelope,
): Promise<SecretBytes | null> {
  if (envelope.wrappedKey.length !== key.modulusBytes) return null;
  const contentKey = await key.unwrap(label, envelope.wrappedKey);
  if (contentKey === null) return null;
  try {
    return await decryptContent(contentKey, envelope.ciphertext);
  } finally {
    contentKey.wipe();
  }
}

async function decryptContent(contentKey: SecretBytes, ciphertext: Uint8Array<ArrayBuffer>): Promise<SecretBytes> {
  if (!ACCEPTED_CONTENT_KEY_BYTES.includes(contentKey.length)) {
    throw new SealingError(
      'SEALED_VALUE_BAD_CONTENT_KEY',
      `sealed value holds a content key of ${contentKey.length} bytes, expected 32`,
    );
  }
  const key = await crypto.subtle.importKey('raw', contentKey.expose(), 'AES-GCM', false, ['decrypt']);
  try {
    return new SecretBytes(new Uint8Array(await crypto.subtle.decrypt(AES_GCM, key, ciphertext)));
  } catch (error) {
    if (!(error instanceof Error && error.name === 'OperationError')) throw error;
    throw new SealingError(
      'SEALED_VALUE_CORRUPT',
      'sealed value was changed or cut short after sealing: its tag does not match',
    );
  }
}
