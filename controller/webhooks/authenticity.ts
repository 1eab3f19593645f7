/** @module Whether a delivery comes from somebody who knows the token: signatures over the raw body, and tokens that are sent along, compared in constant time. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';

/** Hashes that signatures may be made with. */
export type SignatureHash = 'sha256' | 'sha512';

/** Whether `hex` is the HMAC of `body` under `token`. An empty token signs nothing. */
export function isSignedWith(
  token: SecretBytes,
  body: Uint8Array,
  { hash, hex }: { readonly hash: SignatureHash; readonly hex: string | undefined },
): boolean {
  const wanted = createHmac(hash, token.expose()).update(body).digest();
  const given = Buffer.from(/^[0-9a-fA-F]+$/.test(hex ?? '') ? (hex ?? '') : '', 'hex');
  // Whoever sends no signature learns no more than who sends a wrong one.
  const isRight = timingSafeEqual(given.length === wanted.length ? given : randomBytes(wanted.length), wanted);
  return isRight && given.length === wanted.length && hex?.length === 2 * wanted.length && token.length > 0;
}

/** Whether the header value `given` is `token` itself. Neither its content nor its length shows in the time that it takes. */
export function isToken(token: SecretBytes, given: string | undefined): boolean {
  const key = randomBytes(32);
  const digestOf = (bytes: Uint8Array): Buffer => createHmac('sha256', key).update(bytes).digest();
  // Node reads headers byte by byte.
  const isRight = timingSafeEqual(digestOf(Buffer.from(given ?? '', 'latin1')), digestOf(token.expose()));
  return isRight && token.length > 0;
}
