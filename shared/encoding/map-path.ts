/** @module Follows a path of keys and indexes to a map, through the places of a text and through a value. */
import { setOwn } from './own-property.ts';
import { refused, type TextEdit } from './text-edit.ts';
import { linePrefix, type TextEntry, type TextNode } from './text-tree.ts';

/** How far a path leads. */
export interface MapTarget {
  /** The map at the end of the path, or what stands in its place: nothing, null, or the last map that is there. */
  readonly node: TextNode;
  /** The part of the path that is missing below `node`. */
  readonly rest: readonly string[];
  /** The entry that holds `node`; null for the document itself and for the item of a list. */
  readonly parent: TextEntry | null;
  /** True when `parent` is an entry of a map in brackets. */
  readonly isParentFlow: boolean;
  /** By how many columns a map is indented below `parent`. */
  readonly step: number;
}

const DEFAULT_STEP = 2;
const INDEX = /^(?:0|[1-9][0-9]{0,9})$/;

/** Follows `path` from `root`. @throws EncodingError YAML_EDIT_REFUSED for an alias, an explicit key or a value on the way. */
export function findMap(text: string, root: TextNode, path: readonly string[]): MapTarget {
  let target: MapTarget = { node: root, rest: [], parent: null, isParentFlow: root.isFlow, step: DEFAULT_STEP };
  for (const [depth, name] of path.entries()) {
    assertLeadsOn(target.node, path.slice(0, depth));
    const next = target.node.kind === 'list' ? itemOf(target, path, depth) : entryOf(text, target, name);
    if (next === null) return { ...target, rest: path.slice(depth) };
    target = next;
  }
  assertLeadsOn(target.node, path);
  if (target.node.kind === 'list') throw refused(`"${path.join('.')}" is a list, expected a map`);
  return target;
}

function itemOf(target: MapTarget, path: readonly string[], depth: number): MapTarget {
  const name = path[depth] ?? '';
  const item = INDEX.test(name) ? target.node.items[Number(name)] : undefined;
  if (item === undefined) throw refused(`the list "${path.slice(0, depth).join('.')}" has no item "${name}"`);
  return { ...target, node: item, parent: null, isParentFlow: target.node.isFlow };
}

function entryOf(text: string, { node, parent }: MapTarget, name: string): MapTarget | null {
  const entry = node.entries.find(({ key }) => key === name);
  if (entry === undefined) return null;
  const column = parent === null ? 0 : columnOf(text, parent);
  const step = columnOf(text, entry) > column ? columnOf(text, entry) - column : DEFAULT_STEP;
  return { node: entry.value, rest: [], parent: entry, isParentFlow: node.isFlow, step };
}

function columnOf(text: string, entry: TextEntry): number {
  return linePrefix(text, entry.keyStart).length;
}

function assertLeadsOn({ kind }: TextNode, path: readonly string[]): void {
  const name = path.length === 0 ? 'the document' : `"${path.join('.')}"`;
  if (kind === 'scalar') throw refused(`${name} is no map`);
  if (kind === 'other') throw refused(`${name} is an alias, or written in an unusual way`, 'write it out');
}

/** A copy of `value` in which `edits` were made in the map at `path`; what is missing or null on the way is made. */
export function withEdits(value: unknown, path: readonly string[], edits: readonly TextEdit[]): unknown {
  const [name, ...rest] = path;
  if (Array.isArray(value)) {
    const at = Number(name);
    return name === undefined ? value : value.with(at, withEdits(value[at], rest, edits));
  }
  const map = Object.entries(typeof value === 'object' && value !== null ? value : {});
  const entries = new Map<string, unknown>(map);
  if (name !== undefined) entries.set(name, withEdits(entries.get(name), rest, edits));
  else for (const edit of edits) applyEdit(entries, edit);
  const copy: Record<string, unknown> = {};
  for (const [key, entry] of entries) setOwn(copy, key, entry);
  return copy;
}

function applyEdit(entries: Map<string, unknown>, edit: TextEdit): void {
  if (edit.kind === 'set') entries.set(edit.key, edit.value);
  else {
    if (edit.kind === 'rename') entries.set(edit.to, entries.get(edit.key));
    entries.delete(edit.key);
  }
}
