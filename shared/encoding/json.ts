/**
 * @module JSON whose integers are exact and whose `__proto__` keys are ordinary. The text that people write goes
 * through yaml-documents.ts, which also refuses duplicate keys; this file serves text that programs wrote.
 */
import { EncodingError } from './errors.ts';
import { jsonForm } from './json-form.ts';
import { JsonFault, LENIENT_JSON, readJsonValue, skipJsonBlanks } from './json-reader.ts';
import { positionAt } from './text-position.ts';

/**
 * Sixteen digits where a value may begin: the shortest integer that a number may not hold exactly. Digits inside strings, as
 * in digests and identifiers, do not send a whole list through the reader below, which takes several times as long.
 */
const LONG_INTEGER = /(?:^|[[:,])\s*-?[0-9]{16}/;

/**
 * The value of JSON `text`. Integers beyond 2^53 become bigint. Of duplicate keys the last one counts, as in every
 * Kubernetes client.
 * @throws EncodingError JSON_INVALID with the position, never with content
 */
export function parseJson(text: string): unknown {
  if (!LONG_INTEGER.test(text) && !hasEscapedKey(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // The native message quotes the text around the fault; the reader below finds the place and quotes nothing.
    }
  }
  return readWhole(text);
}

function readWhole(text: string): unknown {
  try {
    const { value, end } = readJsonValue(text, 0, LENIENT_JSON);
    const rest = skipJsonBlanks(text, end);
    if (rest < text.length) throw new JsonFault('syntax', 'unexpected text after the value', rest);
    return value;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const position = positionAt(text, error.offset);
    const message = `cannot parse JSON: line ${position.line}, column ${position.column}: ${error.message}`;
    throw new EncodingError('JSON_INVALID', message, { position });
  }
}

/**
 * True when a key is written with an escape. The native parser of V8 14.6 may give such a key the name of a key with a
 * backslash that an earlier text had in its place: `{"k":0,"\\":1}` makes it read `"\n"` in `{"k":0,"\n":1}` as a
 * backslash.
 */
function hasEscapedKey(text: string): boolean {
  for (let backslash = text.indexOf('\\'); backslash >= 0; ) {
    const end = endOfString(text, backslash);
    if (text[skipJsonBlanks(text, end)] === ':') return true;
    backslash = text.indexOf('\\', end);
  }
  return false;
}

/** The offset behind the quote that ends the string in which `offset` lies. */
function endOfString(text: string, offset: number): number {
  let next = offset;
  while (next < text.length && text.charCodeAt(next) !== 0x22) next += text.charCodeAt(next) === 0x5c ? 2 : 1;
  return next + 1;
}

/**
 * JSON text of `value`, by the rules of `JSON.stringify`, with bigint printed as the integer that it is.
 * @param indent spaces per level; 0 puts everything on one line
 */
export function stringifyJson(value: unknown, indent = 0): string {
  try {
    // With an indent, also of none, the engine goes the way that recurs, and its stack ends before deep values do.
    return indent === 0 ? JSON.stringify(value) : JSON.stringify(value, undefined, indent);
  } catch {
    return JSON.stringify(value, (_key, entry) => (typeof entry === 'bigint' ? rawInteger(entry) : entry), indent);
  }
}

function rawInteger(value: bigint): unknown {
  // ES2026; the compiler's library does not know it yet.
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(value.toString());
}

/**
 * JSON text that is the same for equal values: no blanks, keys sorted by UTF-16 code unit at every level. It is
 * meant for hashing and comparing.
 */
export function canonicalJson(value: unknown): string {
  const open: OpenText[] = [];
  let text = '';
  let next = jsonForm(value);
  for (;;) {
    const container = openText(next);
    if (container === null) text += scalarText(next);
    else {
      text += container.start;
      open.push(container);
    }
    let last = open.at(-1);
    for (; last !== undefined && last.at === last.entries.length; last = open.at(-1)) {
      text += last.end;
      open.pop();
    }
    const entry = last?.entries[last.at];
    if (last === undefined || entry === undefined) return text;
    text += last.at === 0 ? entry.label : `,${entry.label}`;
    last.at += 1;
    next = entry.value;
  }
}

/** A list or map that is being written. Kept beside the text and not in calls: they would end the stack at the depth of what an API server takes. */
interface OpenText {
  readonly start: '[' | '{';
  readonly end: ']' | '}';
  readonly entries: readonly { readonly label: string; readonly value: unknown }[];
  /** How many entries have been written. */
  at: number;
}

function openText(value: unknown): OpenText | null {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) {
    return { start: '[', end: ']', entries: value.map((item) => ({ label: '', value: jsonForm(item) })), at: 0 };
  }
  const entries = Object.entries(value)
    .sort(byKey)
    .flatMap(([key, entry]) => {
      const form = jsonForm(entry);
      return form === undefined ? [] : [{ label: `${JSON.stringify(key)}:`, value: form }];
    });
  return { start: '{', end: '}', entries, at: 0 };
}

function scalarText(value: unknown): string {
  return typeof value === 'bigint' ? value.toString() : JSON.stringify(value ?? null);
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

type Pair = readonly [unknown, unknown];

/** True when two JSON values have the same {@link canonicalJson}, found out without writing it where that can be. */
export function isSameJson(a: unknown, b: unknown): boolean {
  const pairs: Pair[] = [[a, b]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const inner = innerPairs(...pair);
    if (inner === null) return false;
    for (const next of inner) if (next[0] !== next[1]) pairs.push(next);
  }
  return true;
}

/** What has to be the same for `a` and `b` to be so; null when they differ in any case. */
function innerPairs(a: unknown, b: unknown): readonly Pair[] | null {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length ? a.map((item, at): Pair => [item, b[at]]) : null;
  }
  if (!isPlainMap(a) || !isPlainMap(b)) return canonicalJson(a) === canonicalJson(b) ? [] : null;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  const others = Object.keys(b).filter((key) => b[key] !== undefined);
  if (keys.length !== others.length || !keys.every((key) => Object.hasOwn(b, key))) return null;
  return keys.map((key): Pair => [a[key], b[key]]);
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value);
}
