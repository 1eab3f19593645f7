/**
 * @module Writes values as YAML that kubectl reads back as the same values, in the layout of `kubectl get -o yaml`:
 * two spaces, lists at the indentation of their key, nothing folded.
 */
import { CONTROLS, CONTROLS_BUT_BLANKS } from './control-characters.ts';
import { EncodingError } from './errors.ts';
import { jsonForm } from './json-form.ts';
import { resolveScalar } from './yaml-scalars.ts';

/** Besides control characters: what YAML text cannot hold, or what some reader takes for a line end. */
const OTHER_ESCAPED = String.raw`\ud800-\udfff\u2028\u2029\ufeff\ufffe\uffff`;
/** Finds a character that is written as an escape within double quotes, and cannot stand in YAML otherwise. */
export const NEEDS_ESCAPE: RegExp = new RegExp(`[${CONTROLS}${OTHER_ESCAPED}]`, 'u');
const NEEDS_ESCAPE_ALL = new RegExp(NEEDS_ESCAPE, 'gu');
/** The same but for tab and line feed, which may stand in a block scalar. */
const BREAKS_BLOCK_SCALAR = new RegExp(`[\\r${CONTROLS_BUT_BLANKS}${OTHER_ESCAPED}]`, 'u');
const BLANK_AT_LINE_END = /[ \t](?:\n|$)/;

/** How a string may begin without quotes. */
const SAFE_START = /^(?:[A-Za-z0-9_/.$(+<^;]|-(?=[A-Za-z0-9_/-]))/;
/** The same in other alphabets: asked second, because the engine needs a millisecond to learn what a letter is. */
const FOREIGN_START = /^-?[\u0080-\uffff]/;
const SAFE_FOREIGN_START = /^-?[\p{L}\p{N}]/u;
const UNSAFE_INSIDE = /: | #|[: ]$|^(?:---|\.\.\.)/;
/** Dates and sexagesimal numbers: text to kubectl, but not to every other YAML reader. */
const READ_OTHERWISE_ELSEWHERE = /^\d{4}-\d{1,2}-\d{1,2}|^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;

/**
 * One YAML document without a marker, ending in one line feed, that `parseDocuments` and kubectl decode to `value`.
 * Keys keep their order. Values that are not JSON are treated as by `JSON.stringify`: members without a value are
 * left out and `toJSON` is honoured. A bigint beyond 64 bits is printed in full, but YAML readers make it a float.
 * @throws EncodingError JSON_UNREPRESENTABLE for infinity, NaN, or a `value` that has no JSON form at all
 */
export function stringifyYaml(value: unknown): string {
  const form = jsonForm(value);
  if (form === undefined) throw unrepresentable(typeof value);
  return `${linesOf(form).join('\n')}\n`;
}

/** The lines of `value`, indented relative to where it stands. */
function linesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return stringLines(value);
  if (typeof value === 'number') return [numberText(value)];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Array.isArray(value) ? listLines(value) : mapLines(value);
}

function listLines(list: readonly unknown[]): readonly string[] {
  if (list.length === 0) return ['[]'];
  return list.flatMap((item) => {
    const [first = '', ...rest] = linesOf(jsonForm(item) ?? null);
    return [`- ${first}`, ...indented(rest)];
  });
}

function mapLines(map: object): readonly string[] {
  const lines = Object.entries(map).flatMap(([key, entry]) => {
    const form = jsonForm(entry);
    return form === undefined ? [] : memberLines(`${scalarText(key)}:`, form);
  });
  return lines.length === 0 ? ['{}'] : lines;
}

function memberLines(head: string, value: unknown): readonly string[] {
  const lines = linesOf(value);
  if (isBlockCollection(value, lines)) return [head, ...(Array.isArray(value) ? lines : indented(lines))];
  const [first = '', ...rest] = lines;
  return [`${head} ${first}`, ...rest];
}

function isBlockCollection(value: unknown, lines: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && lines[0] !== '{}' && lines[0] !== '[]';
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function stringLines(text: string): readonly string[] {
  if (!fitsBlockScalar(text)) return [scalarText(text)];
  const endsInBreak = text.endsWith('\n');
  const lines = (endsInBreak ? text.slice(0, -1) : text).split('\n');
  return [endsInBreak ? '|' : '|-', ...indented(lines)];
}

/** Whether `text` may stand in a literal block whose indentation every reader detects alike. */
function fitsBlockScalar(text: string): boolean {
  if (!text.includes('\n') || text.endsWith('\n\n') || /^[ \t\n]/.test(text)) return false;
  return !BREAKS_BLOCK_SCALAR.test(text) && !BLANK_AT_LINE_END.test(text);
}

/** `text` as a key or value on one line: as it is when every reader takes it for that text, else in quotes. */
export function scalarText(text: string): string {
  if (canStandPlain(text)) return text;
  // As kubectl does; JSON in an annotation stays readable.
  if (/["\\]/.test(text) && !NEEDS_ESCAPE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return quotedText(text);
}

function canStandPlain(text: string): boolean {
  if (!startsSafely(text) || UNSAFE_INSIDE.test(text) || NEEDS_ESCAPE.test(text)) return false;
  return resolveScalar(text).kind === 'string' && !READ_OTHERWISE_ELSEWHERE.test(text);
}

function startsSafely(text: string): boolean {
  return SAFE_START.test(text) || (FOREIGN_START.test(text) && SAFE_FOREIGN_START.test(text));
}

/** `text` in double quotes, on one line. */
export function quotedText(text: string): string {
  // JSON's escapes are YAML's as well; what JSON leaves alone beyond ASCII is added.
  return JSON.stringify(text).replace(NEEDS_ESCAPE_ALL, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw unrepresentable('infinite or NaN number');
  if (Object.is(value, -0)) return '-0.0';
  // Digits alone would be read as an exact integer, which this number is not.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
  return String(value);
}

function unrepresentable(what: string): EncodingError {
  return new EncodingError('JSON_UNREPRESENTABLE', `cannot write YAML: ${what} has no JSON form`);
}
