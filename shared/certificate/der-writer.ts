/** @module Writes single DER elements: as much as it takes to wrap a PKCS#1 key into PKCS#8. */
import { concatBytes } from '../encoding/bytes.ts';

/**
 * One DER element of `tag` whose content is `parts`, one after the other. What is returned is the only copy of them,
 * so that a private key can be wiped.
 */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return concatBytes([Uint8Array.of(tag, ...encodeLength(length)), ...parts]);
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}
