/** @module Tells apart the kinds of values that YAML and JSON hold, and names them for a person. */

/** True for a map; its keys may be any text, `__proto__` included. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own value of `key`, or undefined; never a property of Object.prototype. */
export function ownValue(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** What `value` is: `a number`, `a list`, `empty`. Never quotes the value, which may be secret. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'bigint') return 'a number';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
