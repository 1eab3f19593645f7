/** @module What of a value has a form in JSON. */

/** What `JSON.stringify` would write for `value`, itself or what its `toJSON` gives; undefined for what it leaves out. */
export function jsonForm(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  return 'toJSON' in value && typeof value.toJSON === 'function' ? jsonForm(value.toJSON()) : value;
}
