/** @module Writes single DER elements: as much as it takes to wrap a PKCS#1 key into PKCS#8. */
import { concatBytes } from '../encoding/bytes.ts';

/** One DER element of `tag` whose content is `parts`, one after the other. Content of 16 MiB and more is not supported. */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concatBytes(parts);
  return concatBytes([Uint8Array.of(tag, ...encodeLength(content.length)), content]);
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}
