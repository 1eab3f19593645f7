/**
 * @module Finds the one place where js-yaml 4.3 builds another structure than YAML says: an empty item at the end of
 * a list within a list, after which it reads the outer list's items as items of the inner one.
 */

/** A stretch of text, from `start` up to `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

const LINE = /[^\r\n]+/g;
/** A dash that may end its line; most texts hold none, and need no closer look. */
const BARE_DASH = /(?<!\S)-[ \t]*(?:[#\r\n]|$)/;

/**
 * Offsets of dashes that may be such items: nothing follows on their line, and the next line with content is an item
 * further left. A dash within a scalar looks the same, so only the parser's ranges tell; see {@link firstOutside}.
 */
export function findDanglingDashes(text: string): readonly number[] {
  if (!BARE_DASH.test(text)) return [];
  const found: number[] = [];
  let open: { readonly offset: number; readonly column: number } | null = null;
  const lines = new RegExp(LINE);
  for (let match = lines.exec(text); match !== null; match = lines.exec(text)) {
    const line = match[0];
    const indent = countBlanks(line, 0);
    if (indent === line.length || line[indent] === '#') continue;
    if (open !== null && indent < open.column && isMark(line, indent, '-')) found.push(open.offset);
    const column = bareDashColumn(line, indent);
    open = column < 0 ? null : { column, offset: match.index + column };
  }
  return found;
}

/** The first of `offsets`, which ascend, that lies in none of `ranges`. The time is that of sorting the ranges. */
export function firstOutside(offsets: readonly number[], ranges: readonly TextRange[]): number | undefined {
  const sorted = ranges.toSorted((a, b) => a.start - b.start);
  let next = 0;
  let coveredTo = 0;
  return offsets.find((offset) => {
    for (let range = sorted[next]; range !== undefined && range.start <= offset; range = sorted[next]) {
      coveredTo = Math.max(coveredTo, range.end);
      next += 1;
    }
    return offset >= coveredTo;
  });
}

/** Column of the dash that ends `line`, when the line consists of indicators only; else -1. */
function bareDashColumn(line: string, indent: number): number {
  let column = indent;
  let lastDash = -1;
  while (isMark(line, column, '-') || isMark(line, column, '?') || isMark(line, column, ':')) {
    lastDash = line[column] === '-' ? column : -1;
    column = countBlanks(line, column + 1);
  }
  return column === line.length || line[column] === '#' ? lastDash : -1;
}

function isMark(line: string, column: number, mark: string): boolean {
  if (line[column] !== mark) return false;
  const next = line[column + 1];
  return next === undefined || next === ' ' || next === '\t';
}

function countBlanks(line: string, from: number): number {
  let column = from;
  while (line[column] === ' ' || line[column] === '\t') column++;
  return column;
}
