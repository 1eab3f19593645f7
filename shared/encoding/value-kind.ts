/** @module Tells apart the kinds of values that YAML and JSON hold, and names them for a person. */

/** True for a map; its keys may be any text, `__proto__` included. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as a map of fields; empty for anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

/** `value` when it is text; empty text for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** True for a map of texts, which may be empty. */
export function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  return isMap(value) && Object.values(value).every((entry) => typeof entry === 'string');
}

/** The own value of `key`, or undefined; never a property of Object.prototype. */
export function ownValue(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** What `value` is: `a number`, `a list`, `null`, and `nothing` for undefined. Never quotes the value, which may be secret. */
export function describeKind(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'bigint') return 'a number';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}
