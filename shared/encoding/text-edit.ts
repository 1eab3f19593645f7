/** @module What an edit of one map asks for, and what becomes of each of its entries. Texts and places are left to others. */
import { EncodingError } from './errors.ts';
import type { TextEntry } from './text-tree.ts';

/** One change of a map whose values are text. A set of a missing key adds it. */
export type TextEdit =
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  | { readonly kind: 'remove'; readonly key: string }
  | { readonly kind: 'rename'; readonly key: string; readonly to: string };

/** A stretch of a text and what takes its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What becomes of an entry that is there: its new key and value, where they change. */
export interface EntryChange {
  readonly entry: TextEntry;
  key: string;
  value: string | null;
  isRemoved: boolean;
}

/** All edits of one map, put together. */
export interface MapChange {
  /** One for each entry, in the order of the text, changed or not. */
  readonly changes: readonly EntryChange[];
  /** New entries by key. */
  readonly added: ReadonlyMap<string, string>;
}

/**
 * What `edits`, one after the other, make of a map with `entries`.
 * @throws EncodingError YAML_EDIT_REFUSED for a key that is not there, or a new name that is.
 */
export function planEdits(entries: readonly TextEntry[], edits: readonly TextEdit[]): MapChange {
  const changes = entries.map((entry): EntryChange => ({ entry, key: entry.key, value: null, isRemoved: false }));
  const byKey = new Map<string, EntryChange | NewEntry>(changes.map((change) => [change.key, change]));
  for (const edit of edits) applyEdit(byKey, edit);
  const added = [...byKey].flatMap(([key, one]): [string, string][] => ('entry' in one ? [] : [[key, one.value]]));
  return { changes, added: new Map(added) };
}

interface NewEntry {
  value: string;
}

function applyEdit(byKey: Map<string, EntryChange | NewEntry>, edit: TextEdit): void {
  const known = byKey.get(edit.key);
  if (edit.kind === 'set') {
    if (known === undefined) byKey.set(edit.key, { value: edit.value });
    else known.value = edit.value;
    return;
  }
  if (known === undefined) throw refused(`there is no key ${JSON.stringify(edit.key)}`);
  if (edit.kind === 'rename') {
    if (byKey.has(edit.to)) throw refused(`there is a key ${JSON.stringify(edit.to)} already`);
    if ('entry' in known) known.key = edit.to;
    byKey.set(edit.to, known);
  } else if ('entry' in known) known.isRemoved = true;
  byKey.delete(edit.key);
}

/** Where a new key goes among `keys`, which stand in the text: in its order when they are sorted, else behind all. */
export function placeOfKey(keys: readonly string[], key: string): number {
  const isSorted = keys.every((one, at) => at === 0 || (keys[at - 1] ?? '') < one);
  const next = keys.findIndex((one) => one > key);
  return isSorted && next >= 0 ? next : keys.length;
}

/** The error of an edit that is not made. */
export function refused(reason: string, hint?: string): EncodingError {
  return new EncodingError('YAML_EDIT_REFUSED', `cannot edit the text: ${reason}`, hint === undefined ? {} : { hint });
}
