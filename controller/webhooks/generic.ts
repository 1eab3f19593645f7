/** @module Deliveries of anything that can sign: CI jobs, scripts, other hosts. The body is signed and not read. */
import { isSignedWith } from './authenticity.ts';
import type { ProviderRules } from './delivery.ts';

/** `X-Signature: sha256=<hex>` or `sha512=<hex>`, an HMAC of the body; every delivery is about the repository of its GitSync. */
export const GENERIC: ProviderRules = {
  isAuthentic({ header, body }, token) {
    const [, word, hex] = /^(sha256|sha512)=(.*)$/s.exec(header('x-signature') ?? '') ?? [];
    return isSignedWith(token, body, { hash: word === 'sha512' ? 'sha512' : 'sha256', hex });
  },
  eventOf: () => 'push',
  readPush: null,
};
