/** @module Character offsets as the lines and columns that people read. */
import type { TextPosition } from './errors.ts';

/** Line and column of `offset` in `text`; a line ends in LF, CR LF or CR alone. */
export function positionAt(text: string, offset: number): TextPosition {
  let line = 1;
  let lineStart = 0;
  const breaks = /\r\n?|\n/g;
  for (let match = breaks.exec(text); match !== null && breaks.lastIndex <= offset; match = breaks.exec(text)) {
    line++;
    lineStart = breaks.lastIndex;
  }
  return { line, column: offset - lineStart + 1 };
}

/** How many lines end between `start` and `end`; a CR LF that is cut in two counts for both sides. */
export function countLineBreaks(text: string, start: number, end: number): number {
  return text.slice(start, end).match(/\r\n?|\n/g)?.length ?? 0;
}
