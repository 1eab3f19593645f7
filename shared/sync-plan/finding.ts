/** @module Something wrong with one object, before it is known which object at which place it is. */
import { describeKind } from '../encoding/value-kind.ts';
import type { RenderProblemCode } from './render-problem.ts';

/** A problem without its place. */
export interface Finding {
  readonly code: RenderProblemCode;
  readonly message: string;
  readonly hint?: string;
}

const MAX_KEY = 100;

/** A finding without a hint, or with one. */
export function finding(code: RenderProblemCode, message: string, hint?: string): Finding {
  return hint === undefined ? { code, message } : { code, message, hint };
}

/** The finding that `field` has to be text and is not; a number or a truth value that was meant as text only lacks quotes. */
export function notText(code: RenderProblemCode, field: string, value: unknown): Finding {
  const isScalar = ['number', 'bigint', 'boolean'].includes(typeof value);
  const what = `${field} is ${describeValue(value)}, and has to be text`;
  if (isScalar) return finding(code, `${what}; quote it`);
  return finding(code, what, value === null ? 'write "" for an empty text' : undefined);
}

/** What `value` is, in the words of manifests: what is null or missing is `empty`. */
export function describeValue(value: unknown): string {
  return value === null || value === undefined ? 'empty' : describeKind(value);
}

/** `key` in quotes, fit for a message: cut to a length, without control characters. */
export function quoteKey(key: string): string {
  return JSON.stringify(key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key);
}
