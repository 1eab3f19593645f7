/** @module Two lists of lines in the unified form: hunks with a few lines around each change. */
import { diffLines, type LineEdit } from './line-diff.ts';

/** Lines around a change. */
const CONTEXT = 3;

/** The lines of all hunks, without lines that name files; empty for equal lists. */
export function unifiedDiff(before: readonly string[], after: readonly string[]): readonly string[] {
  const edits = diffLines(before, after);
  const lines: string[] = [];
  const position = { before: 0, after: 0, index: 0 };
  for (const [from, to] of findHunks(edits)) {
    advance(position, edits, from);
    const hunk = edits.slice(from, to);
    const removed = hunk.filter(({ kind }) => kind !== 'add').length;
    const added = hunk.filter(({ kind }) => kind !== 'remove').length;
    lines.push(`@@ -${toRange(position.before, removed)} +${toRange(position.after, added)} @@`);
    for (const { kind, line } of hunk) lines.push(`${{ keep: ' ', remove: '-', add: '+' }[kind]}${line}`);
  }
  return lines;
}

/** Ranges of edits, with their surroundings; ranges that touch are one. */
function findHunks(edits: readonly LineEdit[]): readonly (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === 'keep') continue;
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(edits.length, index + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

function advance(
  position: { before: number; after: number; index: number },
  edits: readonly LineEdit[],
  to: number,
): void {
  for (; position.index < to; position.index += 1) {
    const kind = edits[position.index]?.kind;
    if (kind !== 'add') position.before += 1;
    if (kind !== 'remove') position.after += 1;
  }
}

/** As in every unified diff: an empty range names the line before it. */
function toRange(skipped: number, length: number): string {
  const start = length === 0 ? skipped : skipped + 1;
  return length === 1 ? String(start) : `${start},${length}`;
}
