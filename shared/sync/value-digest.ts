/** @module Digests that stand for values which must not be shown. */
import { createHmac } from 'node:crypto';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { DigestValue } from '../sync-plan/shown-object.ts';

/** 48 bits: among the values of one output, no two of which share a digest by accident. */
const HEX_DIGITS = 12;

/**
 * `hmac:live:3f2a91c07b6d`, of HMAC-SHA256 under `key`, which is 32 random bytes of this run: nobody can test guesses of a value against
 * it, and the outputs of two runs have nothing in common.
 */
export function createValueDigest(key: SecretBytes): DigestValue {
  return (side, value) => {
    const digest = createHmac('sha256', key.expose()).update(`${side}\n${value}`, 'utf8').digest('hex');
    return `hmac:${side}:${digest.slice(0, HEX_DIGITS)}`;
  };
}
