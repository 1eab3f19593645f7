/** @module Splices that edit a block map: whole lines come and go, and of an entry that stays only its key or value changes. */
import { type EntryChange, type MapChange, placeOfKey, refused, type Splice } from './text-edit.ts';
import { type Addition, blockEntry, likeSample, type StyledText } from './text-style.ts';
import {
  endsLine,
  entryEnd,
  isBlankText,
  linePrefix,
  lineStartAt,
  nextLineAt,
  type TextEntry,
  type TextNode,
} from './text-tree.ts';

const PLAIN = { isJson: false, isFlow: false };

/** Changes and removals of entries. `parent` is the entry that holds the map; null for a document or an item of a list. */
export function changeBlockMap(style: StyledText, { changes }: MapChange, parent: TextEntry | null): readonly Splice[] {
  const { text } = style;
  const kept = changes.filter(({ isRemoved }) => !isRemoved);
  const splices = kept.flatMap((change) => changeEntry(text, change));
  if (kept.length === changes.length) return splices;
  if (kept.length === 0) return emptyMap(text, changes, parent);
  return [...splices, ...removeEntries(text, changes)];
}

function changeEntry(text: string, { entry, key, value }: EntryChange): readonly Splice[] {
  const splices: Splice[] = [];
  if (key !== entry.key) {
    const keyText = likeSample(key, text.charAt(entry.keyStart), PLAIN);
    splices.push({ start: entry.keyStart, end: entry.keyEnd, text: keyText });
  }
  if (value !== null) splices.push(changeValue(text, entry, value));
  return splices;
}

function changeValue(text: string, { value: node, colon }: TextEntry, value: string): Splice {
  const { start, end, kind } = node;
  const written = likeSample(value, text.charAt(start), PLAIN);
  // A map or list in its lines leaves them; the value stands behind the colon.
  if ((kind === 'map' || kind === 'list') && !node.isFlow) return { start: colon + 1, end, text: ` ${written}` };
  if (start === end) return { start, end, text: ` ${written}` };
  const comment = /^[|>][-+0-9]*([ \t]+#[^\r\n]*)/.exec(text.slice(start, end))?.[1] ?? '';
  return { start, end, text: written + comment };
}

/** `{}` in place of all entries: behind the key of the map, or where its first entry stood. */
function emptyMap(text: string, changes: readonly EntryChange[], parent: TextEntry | null): readonly Splice[] {
  if (parent !== null) {
    const { colon } = parent;
    if (!endsLine(text, colon + 1)) throw refused('the map has a tag or an anchor, or begins on the line of its key');
    return [{ start: colon + 1, end: colon + 1, text: ' {}' }, ...changes.map(({ entry }) => lineCut(text, entry))];
  }
  const [first, ...others] = changes.map(({ entry }) => entry);
  if (first === undefined) return [];
  const braces = { start: first.keyStart, end: entryEnd(first), text: '{}' };
  return [braces, ...others.map((entry) => lineCut(text, entry))];
}

function removeEntries(text: string, changes: readonly EntryChange[]): readonly Splice[] {
  const [first] = changes;
  const isBesideDash = first !== undefined && !isBlankText(linePrefix(text, first.entry.keyStart));
  if (!isBesideDash || !first.isRemoved) {
    return changes.filter(({ isRemoved }) => isRemoved).map(({ entry }) => lineCut(text, entry));
  }
  const heir = changes.findIndex(({ isRemoved }) => !isRemoved);
  const start = first.entry.keyStart;
  const end = changes[heir]?.entry.keyStart ?? start;
  if (/(?:^|\s)#/.test(text.slice(start, end))) throw refused('a comment would be lost');
  const later = changes.slice(heir).filter(({ isRemoved }) => isRemoved);
  return [{ start, end, text: '' }, ...later.map(({ entry }) => lineCut(text, entry))];
}

/** The lines of an entry, which must be its own. */
function lineCut(text: string, entry: TextEntry): Splice {
  const end = entryEnd(entry);
  if (!isBlankText(linePrefix(text, entry.keyStart)) || !endsLine(text, end)) {
    throw refused(`the entry ${JSON.stringify(entry.key)} shares its lines`);
  }
  return { start: lineStartAt(text, entry.keyStart), end: nextLineAt(text, end), text: '' };
}

/** New entries of a block map that has some. */
export function addToBlockMap(
  style: StyledText,
  node: TextNode,
  added: ReadonlyMap<string, Addition>,
): readonly Splice[] {
  const { text } = style;
  const { entries } = node;
  const keys = entries.map(({ key }) => key);
  const column = entries[0] === undefined ? 0 : linePrefix(text, entries[0].keyStart).length;
  return [...added].sort(byKey).map(([key, value]) => {
    const before = entries[placeOfKey(keys, key) - 1];
    const sibling = before ?? entries[0] ?? null;
    const lines = blockEntry(style, { key, value, indent: ' '.repeat(column) }, sibling);
    if (before !== undefined) return insertLines(style, entryEnd(before), lines);
    const start = startOfFirst(text, node);
    return start === null ? insertLines(style, sibling === null ? 0 : entryEnd(sibling), lines) : at(start, lines);
  });
}

/** The only entries of the map that `parent` holds, which is written as nothing, as null or as `{}`. */
export function fillBlockMap(
  style: StyledText,
  { parent, step }: { readonly parent: TextEntry; readonly step: number },
  added: ReadonlyMap<string, Addition>,
): readonly Splice[] {
  const { text } = style;
  const { start, end } = parent.value;
  if (start !== end && (lineStartAt(text, start) !== lineStartAt(text, parent.colon) || !endsLine(text, end))) {
    throw refused(`the value of ${JSON.stringify(parent.key)} does not end the line of its key`);
  }
  const indent = ' '.repeat(linePrefix(text, parent.keyStart).length + step);
  const lines = [...added].sort(byKey).map(([key, value]) => blockEntry(style, { key, value, indent }, null));
  const cut = { start: parent.colon + 1, end: Math.max(end, parent.colon + 1), text: '' };
  return [cut, insertLines(style, cut.end, lines.join(''))];
}

/** Where a new first entry goes: before the comments of the old one. Null when that shares its line with a dash. */
function startOfFirst(text: string, { entries }: TextNode): number | null {
  const [first] = entries;
  if (first === undefined || !isBlankText(linePrefix(text, first.keyStart))) return null;
  const indent = linePrefix(text, first.keyStart);
  let start = lineStartAt(text, first.keyStart);
  for (let above = start; above > 0; ) {
    above = lineStartAt(text, text.startsWith('\r\n', above - 2) ? above - 2 : above - 1);
    if (!text.startsWith(`${indent}#`, above) || above === start) break;
    start = above;
  }
  return start;
}

/** Puts `lines` below the line of `offset`. */
function insertLines({ text, lineBreak }: StyledText, offset: number, lines: string): Splice {
  if (!endsLine(text, offset)) throw refused('something else stands on the line of an entry');
  const next = nextLineAt(text, offset);
  const hasBreak = next > 0 && '\r\n'.includes(text.charAt(next - 1));
  return at(next, hasBreak ? lines : lineBreak + lines.slice(0, -lineBreak.length));
}

function at(offset: number, text: string): Splice {
  return { start: offset, end: offset, text };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
