/** @module How large a decoded value is with every alias written out: aliases make much out of few bytes, and whoever walks or prints a value pays for all of it. */

/** Nodes and characters of `value`, of keys as well. Beyond `max` it stops counting, so that it takes no longer than these. */
export function sizeOf(value: unknown, max: number): number {
  if (typeof value === 'string') return value.length + 1;
  if (typeof value !== 'object' || value === null) return 1;
  const isList = Array.isArray(value);
  let size = 1;
  for (const [key, child] of Object.entries(value)) {
    if (size > max) break;
    size += (isList ? 0 : key.length) + sizeOf(child, max - size);
  }
  return size;
}
