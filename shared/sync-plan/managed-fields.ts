/** @module Who owns which fields of a live object, as `metadata.managedFields` says it (FieldsV1: `f:` fields, `k:` items by key, `v:` items by value). */
import { isSameJson, parseJson } from '../encoding/json.ts';
import { fieldsOf, isMap, ownValue } from '../encoding/value-kind.ts';
import { SYNC_FIELD_MANAGER } from '../resources/names.ts';
import type { ObjectMeta } from '../resources/object-meta.ts';

/** The fields that one manager owns below some place; empty below a place that is owned as a whole. */
export type FieldTree = Readonly<Record<string, unknown>>;

/** One entry of `managedFields`. Fields beyond these are kept as they came. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsV1?: FieldTree;
  readonly [field: string]: unknown;
}

/** The entries of `metadata`; what does not read as one is left out. */
export function managedFieldsOf(metadata: ObjectMeta): readonly ManagedFieldsEntry[] {
  const entries: unknown = metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  return entries.filter((entry) => isMap(entry) && typeof entry['manager'] === 'string');
}

/** True for what the sync engine applied. */
export function isOwnEntry({ manager, operation, subresource = '' }: ManagedFieldsEntry): boolean {
  return manager === SYNC_FIELD_MANAGER && operation === 'Apply' && subresource === '';
}

/** The children of a tree: its keys but the one that stands for the place itself. */
export function childKeysOf(tree: FieldTree): readonly string[] {
  return Object.keys(tree).filter((key) => key !== '.');
}

/** The tree below `key`, or undefined when the manager owns nothing there. */
export function subtreeOf(tree: FieldTree | undefined, key: string): FieldTree | undefined {
  if (tree === undefined) return undefined;
  const value = ownValue(tree, key);
  return value === undefined ? undefined : fieldsOf(value);
}

/** True when `item` of a list is the one that `key` (`k:{…}` or `v:…`) names. Key fields that the item leaves out count as their defaults. */
export function isItemOf(key: string, item: unknown): boolean {
  const wanted = parseKey(key.slice(2));
  if (key.startsWith('v:')) return isSameJson(wanted ?? null, item ?? null);
  if (!key.startsWith('k:') || !isMap(wanted) || !isMap(item)) return false;
  const names = Object.keys(wanted);
  const given = names.filter((name) => ownValue(item, name) !== undefined);
  return given.length > 0 && given.every((name) => isSameJson(ownValue(item, name) ?? null, wanted[name] ?? null));
}

/** The key fields that `key` (`k:{…}`) names. */
export function keyFieldsOf(key: string): FieldTree {
  return key.startsWith('k:') ? fieldsOf(parseKey(key.slice(2))) : {};
}

/** All that any of the trees owns. */
export function uniteTrees(trees: readonly FieldTree[]): FieldTree {
  const keys = new Set(trees.flatMap((tree) => Object.keys(tree)));
  return Object.fromEntries(
    Array.from(keys, (key) => {
      const below = trees.map((tree) => subtreeOf(tree, key)).filter((tree) => tree !== undefined);
      return [key, uniteTrees(below)];
    }),
  );
}

function parseKey(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
