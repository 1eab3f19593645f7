/** @module Tells maps from everything else that JSON can hold. */

/** True for a JSON object. Its own keys may be any text, `__proto__` included. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What `value` is, for a message: `a number`, `a list`, `null`. Never quotes the value. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'a map';
    case 'string':
      return 'text';
    case 'undefined':
      return 'nothing';
    case 'bigint':
      return 'a number';
    default:
      return `a ${typeof value}`;
  }
}
