/**
 * @module JSON whose integers are exact and whose `__proto__` keys are ordinary. The text that people write goes
 * through yaml-documents.ts, which also refuses duplicate keys; this file serves text that programs wrote.
 */
import { EncodingError } from './errors.ts';
import { exactInteger } from './exact-integer.ts';
import { JsonFault, readJsonValue, skipJsonBlanks } from './json-reader.ts';
import { positionAt } from './text-position.ts';

/** What the platform offers beyond the compiler's library: the source text of a number, and raw output. */
type SourceReviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const nativeJson = JSON as unknown as {
  parse(text: string, reviver?: SourceReviver): unknown;
  rawJSON(text: string): unknown;
};

/** Sixteen digits in a row: the shortest integer that a number may not hold exactly. */
const MAY_HOLD_LONG_INTEGER = /[0-9]{16}/;

/**
 * The value of JSON `text`. Integers beyond 2^53 become bigint. Of duplicate keys the last one counts, as in every
 * Kubernetes client.
 * @throws EncodingError JSON_INVALID with the position, never with content
 */
export function parseJson(text: string): unknown {
  try {
    return MAY_HOLD_LONG_INTEGER.test(text) ? nativeJson.parse(text, keepLongIntegers) : nativeJson.parse(text);
  } catch {
    throw describeFault(text);
  }
}

function keepLongIntegers(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const source = context.source ?? '';
  return /^-?[0-9]+$/.test(source) ? exactInteger(BigInt(source)) : value;
}

// The native message quotes the text around the fault, so it is neither passed on nor kept as a cause.
function describeFault(text: string): EncodingError {
  const fault = findFault(text);
  const position = positionAt(text, fault.offset);
  const message = `cannot parse JSON: line ${position.line}, column ${position.column}: ${fault.message}`;
  return new EncodingError('JSON_INVALID', message, { position });
}

function findFault(text: string): JsonFault {
  try {
    const end = skipJsonBlanks(text, readJsonValue(text, 0).end);
    return new JsonFault('syntax', 'unexpected text after the value', end);
  } catch (error) {
    if (error instanceof JsonFault) return error;
    throw error;
  }
}

/**
 * JSON text of `value`, by the rules of `JSON.stringify`, with bigint printed as the integer that it is.
 * @param indent spaces per level; 0 puts everything on one line
 */
export function stringifyJson(value: unknown, indent = 0): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch {
    return JSON.stringify(value, (_key, entry) => (typeof entry === 'bigint' ? rawInteger(entry) : entry), indent);
  }
}

function rawInteger(value: bigint): unknown {
  return nativeJson.rawJSON(value.toString());
}

/**
 * JSON text that is the same for equal values: no blanks, keys sorted by UTF-16 code unit at every level. It is
 * meant for hashing and comparing.
 */
export function canonicalJson(value: unknown): string {
  return canonicalText(value) ?? 'null';
}

function canonicalText(value: unknown): string | undefined {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return canonicalText(value.toJSON());
  const members: string[] = [];
  for (const [key, entry] of Object.entries(value).sort(byKey)) {
    const text = canonicalText(entry);
    if (text !== undefined) members.push(`${JSON.stringify(key)}:${text}`);
  }
  return `{${members.join(',')}}`;
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
