/** @module Who changed which fields of a live object, as far as its `managedFields` tell. */
import { listSome } from '../encoding/list-some.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { parseFieldPath } from './field-path.ts';
import { childKeysOf, type FieldTree, isItemOf, isOwnEntry, managedFieldsOf, subtreeOf } from './managed-fields.ts';

/** Fields that differ from Git, and who set them; without a manager for a field that was removed, or that nobody says to have set. */
export interface ManagerChange {
  readonly manager: string | undefined;
  /** JSON pointers into the live object, sorted. */
  readonly paths: readonly string[];
}

const MAX_PATHS = 10;

/** `paths` by who owns them in `live`, the managers in order of their names. */
export function managersOfChanges(live: KubeObject, paths: readonly string[]): readonly ManagerChange[] {
  const entries = managedFieldsOf(live.metadata).filter((entry) => !isOwnEntry(entry));
  const byManager = Map.groupBy(paths, (path) => {
    const { path: parts = [] } = parseFieldPath(path);
    return entries.findLast(({ fieldsV1 }) => fieldsV1 !== undefined && owns(fieldsV1, parts, live))?.manager;
  });
  return [...byManager]
    .map(([manager, found]) => ({ manager, paths: found.toSorted() }))
    .toSorted((a, b) => ((a.manager ?? '\uffff') < (b.manager ?? '\uffff') ? -1 : 1));
}

/** `/spec/replicas by kube-controller-manager; /data/a was removed or changed by somebody`. Never a value. */
export function describeChanges(changes: readonly ManagerChange[]): string {
  return changes.map(({ manager, paths }) => `${listSome(paths, MAX_PATHS)} by ${manager ?? 'somebody'}`).join('; ');
}

/** True when the tree owns the place, what it is a part of as a whole, or anything below it. */
function owns(tree: FieldTree, [part, ...rest]: readonly string[], value: unknown): boolean {
  if (part === undefined || childKeysOf(tree).length === 0) return true;
  if (Array.isArray(value)) {
    const item: unknown = value[Number(part)];
    const key = childKeysOf(tree).find((name) => isItemOf(name, item));
    return key !== undefined && owns(subtreeOf(tree, key) ?? {}, rest, item);
  }
  const next = subtreeOf(tree, `f:${part}`);
  const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  return next !== undefined && owns(next, rest, field);
}
