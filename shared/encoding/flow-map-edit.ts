/** @module Splices that edit a map in brackets, in YAML or JSON, on one line or over several. */
import { type EntryChange, type MapChange, placeOfKey, refused, type Splice } from './text-edit.ts';
import { type Addition, flowEntry, flowMap, indentAt, likeSample, type StyledText } from './text-style.ts';
import {
  endsLine,
  entryEnd,
  isBlankText,
  lineEndAt,
  linePrefix,
  lineStartAt,
  nextLineAt,
  skipToContent,
  type TextEntry,
  type TextNode,
} from './text-tree.ts';

/** Changes and removals of entries. */
export function changeFlowMap(style: StyledText, node: TextNode, { changes }: MapChange): readonly Splice[] {
  const kept = changes.filter(({ isRemoved }) => !isRemoved);
  const splices = kept.flatMap((change) => changeEntry(style, change));
  if (kept.length === changes.length) return splices;
  if (kept.length === 0) return [emptyMap(style.text, node)];
  return [...splices, ...removeEntries(style.text, changes)];
}

function changeEntry({ text, isJson }: StyledText, { entry, key, value }: EntryChange): readonly Splice[] {
  const style = { isJson, isFlow: true };
  const { keyStart, keyEnd } = entry;
  const { start, end } = entry.value;
  const splices: Splice[] = [];
  if (key !== entry.key) {
    splices.push({ start: keyStart, end: keyEnd, text: likeSample(key, text.charAt(keyStart), style) });
  }
  if (value !== null) {
    const written = likeSample(value, text.charAt(start), style);
    splices.push({ start, end, text: start === end ? ` ${written}` : written });
  }
  return splices;
}

function emptyMap(text: string, { start, end, entries }: TextNode): Splice {
  const [first] = entries;
  const open = first === undefined ? start + 1 : text.lastIndexOf('{', first.keyStart) + 1;
  return { start: open, end: end - 1, text: '' };
}

/** Each removed entry goes with the comma behind it; when the last ones go, so does the comma of the one before them. */
function removeEntries(text: string, changes: readonly EntryChange[]): readonly Splice[] {
  const lastKept = changes.findLastIndex(({ isRemoved }) => !isRemoved);
  const splices = changes.flatMap(({ entry, isRemoved }, at) => {
    if (!isRemoved) return [];
    const comma = commaBehind(text, entry);
    const next = changes[at + 1]?.entry;
    const end = comma === null ? entryEnd(entry) : comma + 1;
    return [cutOf(text, { start: entry.keyStart, end, next: next?.keyStart ?? null })];
  });
  const [keptEntry, last] = [changes[lastKept]?.entry, changes.at(-1)?.entry];
  if (keptEntry === undefined || last === undefined || keptEntry === last) return splices;
  // A comma behind the last entry is a habit of the file and stays one.
  if (commaBehind(text, last) !== null) return splices;
  const comma = commaBehind(text, keptEntry);
  if (comma === null) throw refused('a comma is missing');
  const [cut] = splices.slice(changes.slice(0, lastKept).filter(({ isRemoved }) => isRemoved).length);
  const isJoined = cut !== undefined && isBlankText(text.slice(comma + 1, cut.start)) && !spansLines(text, comma, cut);
  const joined = { start: comma, end: isJoined ? cut.start : comma + 1, text: '' };
  return [...splices, joined];
}

function spansLines(text: string, comma: number, cut: Splice): boolean {
  return lineEndAt(text, comma) < cut.start;
}

/** Whole lines when the entry has them for itself; else up to the next entry of the line. */
function cutOf(
  text: string,
  { start, end, next }: { readonly start: number; readonly end: number; readonly next: number | null },
): Splice {
  if (isBlankText(linePrefix(text, start)) && endsLine(text, end)) {
    return { start: lineStartAt(text, start), end: nextLineAt(text, end), text: '' };
  }
  const isNextOnLine = next !== null && isBlankText(text.slice(end, next)) && next <= lineEndAt(text, end);
  return { start, end: isNextOnLine ? next : end, text: '' };
}

/** New entries of a map that has some. */
export function addToFlowMap(
  style: StyledText,
  { entries }: TextNode,
  added: ReadonlyMap<string, Addition>,
): readonly Splice[] {
  const keys = entries.map(({ key }) => key);
  const sorted = [...added].sort(([a], [b]) => (a < b ? -1 : 1));
  const places = Map.groupBy(sorted, ([key]) => placeOfKey(keys, key));
  return [...places].flatMap(([place, additions]) => {
    const next = entries[place];
    return next === undefined ? appendEntries(style, entries, additions) : [insertBefore(style, next, additions)];
  });
}

type Additions = readonly (readonly [key: string, value: Addition])[];

function insertBefore(style: StyledText, next: TextEntry, additions: Additions): Splice {
  const { text, lineBreak } = style;
  const indent = indentAt(text, next.keyStart);
  const written = additions.map(([key, value]) => `${flowEntry(style, { key, value, indent }, next)},`);
  const isOnOwnLine = isBlankText(linePrefix(text, next.keyStart));
  const separator = isOnOwnLine ? lineBreak + indent : gapOf(style, next);
  const { keyStart } = next;
  return { start: keyStart, end: keyStart, text: written.map((entry) => entry + separator).join('') };
}

/** What stands between a comma and the next entry: nothing in JSON without blanks. */
function gapOf({ text, isJson }: StyledText, sibling: TextEntry): string {
  return isJson && text.slice(sibling.keyEnd, sibling.value.start) === ':' ? '' : ' ';
}

function appendEntries(style: StyledText, entries: readonly TextEntry[], additions: Additions): readonly Splice[] {
  const last = entries.at(-1);
  if (last === undefined) return [];
  const { text, lineBreak } = style;
  const indent = indentAt(text, last.keyStart);
  const written = additions.map(([key, value]) => flowEntry(style, { key, value, indent }, last));
  const comma = commaBehind(text, last);
  const end = comma === null ? entryEnd(last) : comma + 1;
  const isOnOwnLine = isBlankText(linePrefix(text, last.keyStart)) && endsLine(text, end);
  const separator = isOnOwnLine ? lineBreak + indent : gapOf(style, last);
  const tail = comma === null ? '' : ',';
  const first = { start: end, end, text: comma === null ? ',' : '' };
  // Behind a comment the new entries would be part of it, so they go below its line.
  const place = isOnOwnLine ? lineEndAt(text, end) : end;
  return [first, { start: place, end: place, text: separator + written.join(`,${separator}`) + tail }];
}

/** The only entries of a map that is written as `{}` or as null. */
export function fillFlowMap(style: StyledText, node: TextNode, added: ReadonlyMap<string, Addition>): Splice {
  const { start, end } = node;
  if (start === end) throw refused('there is nothing in the place of the map');
  const content = Object.fromEntries([...added].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (node.kind === 'map' && !isBlankText(style.text.slice(start + 1, end - 1)))
    throw refused('a comment would be lost');
  return { start, end, text: flowMap(style, content, indentAt(style.text, start)) };
}

function commaBehind(text: string, entry: TextEntry): number | null {
  const at = skipToContent(text, entryEnd(entry));
  return text[at] === ',' ? at : null;
}
