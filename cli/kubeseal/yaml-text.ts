/** @module Values as YAML in the very characters of Go's library, which kubeseal uses: quotes, blocks, and lines folded beyond 80 columns. */
import { type ScalarStyle, styleOf } from './yaml-scalar-style.ts';

const INDENT = 2;
const BEST_WIDTH = 80;
const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};
const ESCAPED = /["\\\u2028\u2029\ufeff]|[^\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/gu;

/** `value`, a JSON value with its maps as Map, whose order is kept, as one document that ends in a line feed. */
export function yamlText(value: unknown): string {
  return `${linesOf(value, 0).join('\n')}\n`;
}

/** The lines of `value` where it starts a line at `indent`. */
function linesOf(value: unknown, indent: number): readonly string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => itemLines(item, indent));
  if (value instanceof Map && value.size > 0) {
    return [...value].flatMap(([key, entry]) => memberLines(key, entry, indent));
  }
  return scalarLines(value, indent, indent).map((line, at) => (at === 0 ? ' '.repeat(indent) + line : line));
}

function itemLines(item: unknown, indent: number): readonly string[] {
  const [first = '', ...rest] = linesOf(item, indent + INDENT);
  return [`${' '.repeat(indent)}- ${first.slice(indent + INDENT)}`, ...rest];
}

function memberLines(key: string, entry: unknown, indent: number): readonly string[] {
  const head = `${' '.repeat(indent)}${keyText(key)}:`;
  const isBlock = (Array.isArray(entry) && entry.length > 0) || (entry instanceof Map && entry.size > 0);
  // A list stands at the indentation of its key.
  if (isBlock) return [head, ...linesOf(entry, Array.isArray(entry) ? indent : indent + INDENT)];
  const [first = '', ...rest] = scalarLines(entry, [...head].length + 1, indent + INDENT);
  return [`${head} ${first}`, ...rest];
}

function keyText(key: string): string {
  return write(key, styleOf(key, true), { column: Number.NEGATIVE_INFINITY, indent: 0 }).join('');
}

function scalarLines(value: unknown, column: number, indent: number): readonly string[] {
  if (typeof value === 'string') return write(value, styleOf(value, false), { column, indent });
  if (Array.isArray(value)) return ['[]'];
  return [value instanceof Map ? '{}' : String(value)];
}

interface Place {
  /** Where the first character stands. */
  readonly column: number;
  /** Of the lines that follow. */
  readonly indent: number;
}

function write(text: string, style: ScalarStyle, place: Place): readonly string[] {
  switch (style) {
    case 'plain':
      return folded(text, text, place);
    case 'single':
      return folded(`'${text.replaceAll("'", "''")}'`, text, place);
    case 'double':
      return foldedDouble(text, place);
    case 'literal':
      return literal(text, place.indent);
  }
}

/** A single space beyond the width becomes a line break, which reads as a space; not at the ends of quotes. */
function folded(written: string, text: string, { column, indent }: Place): readonly string[] {
  const isQuoted = written !== text;
  const characters = [...written];
  const lines: string[] = [];
  let line = '';
  let at = column;
  characters.forEach((character, index) => {
    const isSingle = character === ' ' && characters[index - 1] !== ' ' && characters[index + 1] !== ' ';
    const isInside = !isQuoted || (index > 1 && index < characters.length - 2);
    if (isSingle && isInside && at > BEST_WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent);
      at = indent;
    } else {
      line += character;
      at += 1;
    }
  });
  return [...lines, line];
}

function foldedDouble(text: string, { column, indent }: Place): readonly string[] {
  const characters = [...text];
  const lines: string[] = [];
  let line = '"';
  let at = column + 1;
  characters.forEach((character, index) => {
    const isInside = index > 0 && index < characters.length - 1;
    if (character === ' ' && characters[index - 1] !== ' ' && isInside && at > BEST_WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent) + (characters[index + 1] === ' ' ? '\\' : '');
      at = line.length;
    } else {
      const written = character.replace(ESCAPED, escapeOf);
      line += written;
      at += [...written].length;
    }
  });
  return [...lines, `${line}"`];
}

function escapeOf(character: string): string {
  const known = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
  if (known !== undefined) return known;
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** A digit tells the indentation where the text itself begins with a blank; minus and plus, how many line breaks end it. */
function literal(text: string, indent: number): readonly string[] {
  const hint = /^[ \n]/.test(text) ? String(INDENT) : '';
  const chomping = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return [`|${hint}${chomping}`, ...lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))];
}
