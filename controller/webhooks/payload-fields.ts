/** @module Reads fields of payloads that anybody may have written: what is not there, or of another kind, is left out. */
import { fieldsOf, ownValue } from '../../shared/encoding/value-kind.ts';

/** How many addresses or references of one payload count. */
const MAX_HINTS = 100;

/** The value at the end of `path`; undefined when a part of it is missing or is no map. */
export function valueAt(payload: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => ownValue(fieldsOf(value), key), payload);
}

/** The elements of the list at the end of `path`, the first hundred; none when there is no list. */
export function listAt(payload: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = valueAt(payload, ...path);
  return Array.isArray(value) ? value.slice(0, MAX_HINTS) : [];
}

/** Those of `values` that are text with something in it. */
export function textsOf(...values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string' && value !== '') as readonly string[];
}
