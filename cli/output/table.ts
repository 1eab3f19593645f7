/** @module Rows of text in aligned columns. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';

const GAP = '   ';

/** A header and rows, each column as wide as its widest cell; the last column is not padded. Ends in a newline. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((row) => row.map(toPrintableLine));
  const widths = header.map((_, column) => Math.max(...lines.map((row) => (row[column] ?? '').length)));
  return lines
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))))
    .map((row) => `${row.join(GAP).trimEnd()}\n`)
    .join('');
}
