/** @module Where in a span of time a GitSync has its place, the same one every time, so that many of them do not ask all at once. */

/** A number from 0 up to 1 that belongs to `uid`: FNV-1a over its characters, which spreads even ids that differ in one digit. */
export function spreadOf(uid: string): number {
  let hash = 0x811c9dc5;
  for (const character of uid) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  // The upper bits of a short text hardly differ before they are mixed.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
