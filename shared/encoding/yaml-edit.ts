/**
 * @module Replaces whole documents of a YAML or JSON text and keeps every other character: the other documents,
 * separators, comments between documents, byte-order mark, line endings, and a missing final line break.
 */
import { EncodingError } from './errors.ts';
import { isSameJson, stringifyJson } from './json.ts';
import { type ParsedDocument, parseDocuments, UNBOUNDED } from './yaml-documents.ts';
import { stringifyYaml } from './yaml-output.ts';

/** A document of a text, and the text that takes its place. */
export interface DocumentReplacement {
  readonly document: ParsedDocument;
  /** One document in YAML or JSON, without a separator; line endings are adapted to their surroundings. */
  readonly replacement: string;
  /** What the replacement must read as; default: what it reads as by itself. */
  readonly value?: unknown;
  /** True when `replacement` was printed from `value` and holds nothing else. */
  readonly isPrinted?: boolean;
}

/**
 * `text` with the content of each document replaced. Comments before and after a replaced document stay; those
 * within it go. The result has been parsed again, unless it is what was printed and nothing else: every document holds what was
 * intended.
 * @param replacements documents as `parseDocuments(text)` gave them, in any order
 * @throws EncodingError YAML_EDIT_REFUSED when the result would read differently, or the codes of `parseDocuments`
 */
export function replaceDocuments(
  text: string,
  replacements: readonly DocumentReplacement[],
  documents: readonly ParsedDocument[] = parseDocuments(text, UNBOUNDED),
): string {
  // One pass from the begin: each text made of a whole one costs a copy of it.
  const parts: string[] = [];
  let at = 0;
  for (const { document, replacement } of replacements.toSorted((a, b) => a.document.start - b.document.start)) {
    parts.push(text.slice(at, document.start), fitted(text, document, replacement));
    at = document.end;
  }
  const edited = [...parts, text.slice(at)].join('');
  if (!isPrintedWhole(text, documents, replacements)) assertIntended(documents, edited, replacements);
  return edited;
}

/** True when nothing of `text` is left beside one printed document, and no line break was adapted. */
function isPrintedWhole(
  text: string,
  documents: readonly ParsedDocument[],
  replacements: readonly DocumentReplacement[],
): boolean {
  const [only, ...others] = replacements;
  if (only?.isPrinted !== true || others.length > 0 || documents.length !== 1 || text.includes('\r')) return false;
  const { start, end } = only.document;
  return start === documents[0]?.start && text.slice(0, start).trim() === '' && text.slice(end).trim() === '';
}

/** `value` in the format of `document`, JSON with its indentation, as a replacement for it. */
export function stringifyLike(text: string, document: ParsedDocument, value: unknown): string {
  if (document.format === 'yaml') return stringifyYaml(value);
  const content = text.slice(document.start, document.end);
  const spaces = /[\r\n]( *)/.exec(content)?.[1]?.length;
  return stringifyJson(value, spaces === undefined ? 0 : spaces || 2);
}

function fitted(text: string, document: ParsedDocument, replacement: string): string {
  const lineBreak = lineBreakNear(text, document.start);
  const lines = replacement.split(/\r\n?|\n/);
  while (lines.at(-1) === '') lines.pop();
  const startsLine = document.start === 0 || /[\r\n\ufeff]/.test(text.charAt(document.start - 1));
  // Content on the line of its marker has to leave it: most documents cannot stand there.
  return (startsLine ? '' : lineBreak) + lines.join(lineBreak);
}

/** The line break that ends the line at `offset`, or the text's first one when that line is the last. */
function lineBreakNear(text: string, offset: number): string {
  const breaks = /\r\n?|\n/g;
  breaks.lastIndex = offset;
  return (breaks.exec(text) ?? breaks.exec(text))?.[0] ?? '\n';
}

function assertIntended(
  before: readonly ParsedDocument[],
  after: string,
  replacements: readonly DocumentReplacement[],
): void {
  const replaced = new Map(replacements.map((replacement) => [replacement.document.index, replacement]));
  const intended = new Map(before.map((document) => [document.index, document.value]));
  for (const [index, replacement] of replaced) intended.set(index, intendedValue(replacement));
  const actual = parseDocuments(after, { ...UNBOUNDED, where: 'the edited text' });
  const isIntended = ({ index, value }: ParsedDocument): boolean =>
    intended.has(index) && isSameJson(intended.get(index), value);
  if (actual.length !== intended.size || !actual.every(isIntended)) throw refused('the result would read differently');
}

function intendedValue({ replacement, value }: DocumentReplacement): unknown {
  if (value !== undefined) return value;
  const [only, ...others] = parseDocuments(replacement, { ...UNBOUNDED, where: 'the replacement' });
  if (only === undefined || others.length > 0) throw refused('the replacement is not one document');
  return only.value;
}

function refused(reason: string): EncodingError {
  return new EncodingError('YAML_EDIT_REFUSED', `cannot replace a document: ${reason}`);
}
