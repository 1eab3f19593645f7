/**
 * @module The documents of a YAML or JSON text, decoded as kubectl decodes them and refused when they are ambiguous
 * or built to exhaust the reader. What the documents mean is left to the caller.
 */
import type { Schema } from 'js-yaml';
import { type DocumentRange, documentRanges } from './document-ranges.ts';
import { EncodingError } from './errors.ts';
import { JsonFault, readJsonValue, STRICT_JSON, skipJsonBlanks } from './json-reader.ts';
import { countLineBreaks, positionAt } from './text-position.ts';
import { YamlFault } from './yaml-fault.ts';
import { assertYamlCharacters, loadYaml } from './yaml-load.ts';
import { kubectlSchema, markingSchema } from './yaml-schema.ts';

/** One document that holds a value. */
export interface ParsedDocument {
  /** What kubectl decodes; never undefined or null. Integers beyond 2^53 are bigint, `__proto__` is an ordinary key. */
  readonly value: unknown;
  /** Place in the text, from 1, counting empty documents as well. */
  readonly index: number;
  /** First line with content, from 1. */
  readonly line: number;
  /** Character range of the content: no separators, no comments before or after it, no final line break. */
  readonly start: number;
  readonly end: number;
  /** How it is written: `json` when it stands as JSON values do, `yaml` for everything else. */
  readonly format: 'yaml' | 'json';
}

/** How {@link parseDocuments} reads. */
export interface ParseOptions {
  /** Names the source in messages, for example a path; default `input`. */
  readonly where?: string;
  /** Largest size accepted, in bytes of UTF-8; default 16 MiB. */
  readonly maxBytes?: number;
  /** Marks plain scalars that are a whole `${reference}`, as `markingSchema` has it; default false. */
  readonly marksReferences?: boolean;
}

/** For edits: whoever read the text has bounded it, and an edit is not where a limit should surprise. */
export const UNBOUNDED = { maxBytes: Number.POSITIVE_INFINITY };

const DEFAULT_MAX_BYTES = 16 * 1024 * 1024;
/** Of one document. */
const MAX_JSON_VALUES = 50_000;

/**
 * Every document of `text` that holds more than null, in order. Accepts YAML, JSON, and JSON values one after the
 * other, each document on its own terms.
 *
 * Stricter than kubectl on purpose: duplicate keys, byte-order marks and Unicode line separators inside of the text,
 * and `!!binary` that is not text are refused; text behind `...` is a document instead of being ignored.
 * @throws EncodingError YAML_INVALID, YAML_DUPLICATE_KEY, YAML_TOO_DEEP, YAML_ALIAS_BOMB or YAML_TOO_LARGE. The
 * message names source, line and, for a duplicate, the key, and never quotes a value.
 */
export function parseDocuments(text: string, options: ParseOptions = {}): readonly ParsedDocument[] {
  const where = options.where ?? 'input';
  assertSize(text, where, options.maxBytes ?? DEFAULT_MAX_BYTES);
  const documents: ParsedDocument[] = [];
  const schema = options.marksReferences === true ? markingSchema : kubectlSchema;
  let index = 0;
  let rest = text.startsWith('\ufeff') ? 1 : 0;
  for (const range of explaining({ text, where, offset: 0 }, () => documentRanges(text))) {
    for (const content of explaining({ text, where, offset: range.start }, () => readRange(text, range, schema))) {
      index++;
      if (content.value !== null) documents.push({ ...content, index });
    }
    rest = range.outerEnd;
  }
  explaining({ text, where, offset: rest }, () => assertCharactersBetween(text, rest, text.length));
  return documents;
}

type Content = Omit<ParsedDocument, 'index'>;

/** What is being read; a fault without a place of its own is placed at `offset`. */
interface Place {
  readonly text: string;
  readonly where: string;
  readonly offset: number;
}

/** The result of `read`, whose faults become errors that name the source and the line. */
function explaining<Result>({ text, where, offset }: Place, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const position = positionAt(text, error.offset ?? offset);
    throw new EncodingError(error.code, `cannot parse ${where}: line ${position.line}: ${error.message}`, { position });
  }
}

/** What `range` holds: one value, null when it is empty, or several when it is JSON. */
function readRange(text: string, range: DocumentRange, schema: Schema): readonly Content[] {
  if (range.start === range.end) {
    assertCharactersBetween(text, range.outerStart, range.outerEnd);
    return [{ value: null, line: range.line, start: range.start, end: range.end, format: 'yaml' }];
  }
  const first = text[skipJsonBlanks(text, range.start)];
  if (first !== '{' && first !== '[') return [readYaml(text, range, schema)];
  try {
    const values = readJsonStream(text, range);
    assertCharactersBetween(text, range.outerStart, range.start);
    assertCharactersBetween(text, range.end, range.outerEnd);
    return values;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return [readFlowYaml(text, range, { fault: error, schema })];
  }
}

function assertCharactersBetween(text: string, start: number, end: number): void {
  shiftingFaults(start, () => assertYamlCharacters(text.slice(start, end)));
}

/** The result of `read`, whose faults count from `start` of the whole text. */
function shiftingFaults<Result>(start: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    throw new YamlFault(error.code, error.message, error.offset === null ? null : start + error.offset);
  }
}

function readYaml(text: string, range: DocumentRange, schema: Schema): Content {
  const { line, start, end, outerStart, outerEnd } = range;
  const value = shiftingFaults(outerStart, () => loadYaml(text.slice(outerStart, outerEnd), undefined, schema));
  return { value, line, start, end, format: 'yaml' };
}

/** The JSON values of the range one after the other; at least one, because the range begins with a bracket. */
function readJsonStream(text: string, range: DocumentRange): readonly Content[] {
  const content = text.slice(0, range.end);
  const values: Content[] = [];
  let line = range.line;
  let read = range.start;
  let start = skipJsonBlanks(content, read);
  while (start < content.length) {
    const { value, end } = readJsonValue(content, start, STRICT_JSON);
    line += countLineBreaks(content, read, start);
    values.push({ value, line, start, end, format: 'json' });
    if (values.length > MAX_JSON_VALUES)
      throw new YamlFault('YAML_TOO_LARGE', `more than ${MAX_JSON_VALUES} JSON values`, start);
    line += countLineBreaks(content, start, end);
    read = end;
    start = skipJsonBlanks(content, read);
  }
  return values;
}

/** Text in brackets that is not JSON, so it is YAML; when it is neither, `fault` may explain more. */
function readFlowYaml(
  text: string,
  range: DocumentRange,
  { fault, schema }: { readonly fault: JsonFault; readonly schema: Schema },
): Content {
  if (fault.kind !== 'syntax') throw asYamlFault(fault);
  try {
    return readYaml(text, range, schema);
  } catch (error) {
    const looksLikeJson = /^\s*[[{]\s*["{[]/.test(text.slice(range.start, range.start + 200));
    throw looksLikeJson && error instanceof YamlFault && error.code === 'YAML_INVALID' ? asYamlFault(fault) : error;
  }
}

function asYamlFault(fault: JsonFault): YamlFault {
  if (fault.kind === 'duplicate-key') return new YamlFault('YAML_DUPLICATE_KEY', fault.message, fault.offset);
  if (fault.kind === 'too-deep') return new YamlFault('YAML_TOO_DEEP', fault.message, fault.offset);
  return new YamlFault('YAML_INVALID', `${fault.message} in JSON`, fault.offset);
}

function assertSize(text: string, where: string, maxBytes: number): void {
  // A UTF-16 unit takes one to three bytes, so most texts need no closer look.
  if (text.length * 3 <= maxBytes) return;
  if (text.length <= maxBytes && utf8Length(text) <= maxBytes) return;
  throw new EncodingError('YAML_TOO_LARGE', `cannot parse ${where}: larger than ${maxBytes} bytes`);
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
