/**
 * @module An object without the fields that others may set. Server-side apply removes what its owner stops sending, so of an ignored field
 * the live value is sent for as long as nobody else owns it, and nothing from then on.
 */
import { isSameJson } from '../encoding/json.ts';
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { OWNER_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type KubeObject } from '../resources/object-meta.ts';
import type { FieldPath } from './field-path.ts';
import {
  childKeysOf,
  type FieldTree,
  isItemOf,
  isOwnEntry,
  keyFieldsOf,
  managedFieldsOf,
  subtreeOf,
} from './managed-fields.ts';

/** What lives at one place, and who owns it there. */
interface Place {
  readonly value: unknown;
  readonly own: FieldTree | undefined;
  readonly others: readonly FieldTree[];
}

/**
 * `wanted` with the fields at `paths` as they have to be sent so that their values in `live` stay. A path that leads nowhere changes nothing;
 * an item of a list is found in `live` by the keys of its list, and one that is not there yet is sent whole.
 */
export function leaveFields(wanted: KubeObject, paths: readonly FieldPath[], live: KubeObject): KubeObject {
  const entries = managedFieldsOf(live.metadata);
  const own = entries.find(isOwnEntry)?.fieldsV1;
  const others = entries.filter((entry) => !isOwnEntry(entry)).map(({ fieldsV1 = {} }) => fieldsV1);
  const place: Place = { value: live, own, others };
  const left = paths.reduce<unknown>((object, path) => leaveAt(object, path, place), wanted);
  // Invariant: no path that is allowed leads to what makes it an object.
  return withOwner(left as KubeObject, annotationOf(wanted.metadata, OWNER_ANNOTATION));
}

/** Whoever ignores all annotations does not give the object away. */
function withOwner(object: KubeObject, owner: string | undefined): KubeObject {
  if (owner === undefined || annotationOf(object.metadata, OWNER_ANNOTATION) === owner) return object;
  const annotations = { ...object.metadata.annotations, [OWNER_ANNOTATION]: owner };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What has to stand in the place of `wanted`; undefined for nothing. */
function leaveAt(wanted: unknown, path: FieldPath, place: Place): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return ownPartOf(place);
  if (Array.isArray(wanted)) return leaveInList(wanted, part, rest, place);
  if (wanted !== undefined && !isMap(wanted)) return wanted;
  if (isOwnedWhole(place)) return substitute(wanted, path, place.value);
  const before = wanted === undefined ? undefined : ownValue(wanted, part);
  const after = leaveAt(
    before,
    rest,
    below(place, `f:${part}`, (value) => fieldOf(value, part)),
  );
  return withField(wanted, part, after);
}

function leaveInList(list: readonly unknown[], part: string, rest: FieldPath, place: Place): unknown {
  const index = list.findIndex((_, position) => String(position) === part);
  if (index < 0) return list;
  const keys = [place.own ?? {}, ...place.others].flatMap(childKeysOf);
  if (keys.length === 0) return substitute(list, [part, ...rest], place.value);
  const item: unknown = list[index];
  const key = keys.find((name) => isItemOf(name, item));
  if (key === undefined) return list;
  const after = leaveAt(
    item,
    rest,
    below(place, key, (value) => itemOf(value, key)),
  );
  // What tells an item from others is never left to anybody else.
  const kept = isMap(after) ? { ...pickKeys(item, key), ...after } : after;
  return kept === undefined ? list.toSpliced(index, 1) : list.with(index, kept);
}

/** Of a value, what only Signet owns: others keep theirs without our help. */
function ownPartOf({ value, own, others }: Place): unknown {
  if (own === undefined || value === undefined) return undefined;
  const keys = childKeysOf(own);
  if (keys.length === 0) return others.length > 0 ? undefined : value;
  if (Array.isArray(value)) return ownItemsOf({ value, own, others }, keys);
  const fields = keys.flatMap((key) => {
    const name = key.slice(2);
    const part = ownPartOf(below({ value, own, others }, key, (whole) => fieldOf(whole, name)));
    return part === undefined ? [] : [[name, part] as const];
  });
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}

function ownItemsOf(place: Place, keys: readonly string[]): unknown {
  const items = keys.flatMap((key) => {
    const next = below(place, key, (whole) => itemOf(whole, key));
    const part = ownPartOf(next);
    if (part === undefined) return [];
    return [isMap(part) ? { ...keyFieldsOf(key), ...part } : part];
  });
  return items.length === 0 ? undefined : items;
}

/** A list or map that one manager owns as a whole is sent whole; there the live value stands in for ours. */
function substitute(wanted: unknown, [part, ...rest]: FieldPath, value: unknown): unknown {
  if (part === undefined) return value;
  if (Array.isArray(wanted)) {
    const index = wanted.findIndex((_, position) => String(position) === part);
    if (index < 0) return wanted;
    const after = substitute(wanted[index], rest, Array.isArray(value) ? (value[index] as unknown) : undefined);
    return after === undefined ? wanted.toSpliced(index, 1) : wanted.with(index, after);
  }
  if (wanted !== undefined && !isMap(wanted)) return wanted;
  const before = wanted === undefined ? undefined : ownValue(wanted, part);
  return withField(wanted, part, substitute(before, rest, fieldOf(value, part)));
}

function isOwnedWhole({ value, own }: Place): boolean {
  return own !== undefined && childKeysOf(own).length === 0 && isMap(value) && Object.keys(value).length > 0;
}

function below({ value, own, others }: Place, key: string, find: (value: unknown) => unknown): Place {
  const trees = others.map((tree) => subtreeOf(tree, key)).filter((tree) => tree !== undefined);
  return { value: find(value), own: subtreeOf(own, key), others: trees };
}

function fieldOf(value: unknown, name: string): unknown {
  return isMap(value) ? ownValue(value, name) : undefined;
}

function itemOf(value: unknown, key: string): unknown {
  return Array.isArray(value) ? value.find((item) => isItemOf(key, item)) : undefined;
}

function pickKeys(item: unknown, key: string): FieldTree {
  if (!isMap(item)) return {};
  return Object.fromEntries(Object.entries(item).filter(([name]) => Object.hasOwn(keyFieldsOf(key), name)));
}

/** A map that loses its last field goes with it. */
function withField(map: unknown, name: string, value: unknown): unknown {
  const fields = isMap(map) ? map : {};
  if (isSameJson(ownValue(fields, name) ?? null, value ?? null)) return map;
  const entries = Object.entries(fields).filter(([other]) => other !== name);
  // Own property definition, not assignment: `__proto__` is an ordinary key here.
  if (value !== undefined) return Object.fromEntries([...entries, [name, value]]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
