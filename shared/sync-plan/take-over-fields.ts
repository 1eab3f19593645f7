/**
 * @module Fields that a person applied before Signet did become Signet's, so that they go away when Git drops them. Server-side apply leaves
 * what another manager owns, for ever.
 */
import { isMap } from '../encoding/value-kind.ts';
import { SYNC_FIELD_MANAGER } from '../resources/names.ts';
import { annotationOf, type KubeObject, type ObjectMeta } from '../resources/object-meta.ts';
import {
  childKeysOf,
  type FieldTree,
  isItemOf,
  isOwnEntry,
  type ManagedFieldsEntry,
  managedFieldsOf,
  subtreeOf,
  uniteTrees,
} from './managed-fields.ts';

/** What kubectl keeps of what it applied last: a copy of the whole object. */
export const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** Managers whose writes are whole objects out of files. Those of single changes, such as `kubectl-rollout` or `kubectl-annotate`, are not among them. */
const MAKERS: readonly string[] = [
  'kubectl-client-side-apply',
  'kubectl-create',
  'kubectl-edit',
  'kubectl-replace',
  'before-first-apply',
];

/** What an object's metadata has to become. */
export interface FieldTakeover {
  readonly managedFields: readonly ManagedFieldsEntry[];
  /** Whose fields they were, sorted. */
  readonly from: readonly string[];
  /** There is a copy of the object in an annotation, which nobody keeps up to date any more. */
  readonly hasLastApplied: boolean;
}

/** True when `metadata` has an entry that {@link takeOverFields} takes. */
export function hasFieldsToTake(metadata: ObjectMeta): boolean {
  return managedFieldsOf(metadata).some(isTaken);
}

/** The takeover of `metadata`, or null when there is nothing to take. */
export function takeOverFields(metadata: ObjectMeta): FieldTakeover | null {
  const entries = managedFieldsOf(metadata);
  const own = entries.find(isOwnEntry);
  const first = own ?? entries.find(isTaken);
  if (first === undefined) return null;
  // Sets of different API versions cannot be united; what is left is taken when the versions meet.
  const taken = entries.filter((entry) => isTaken(entry) && entry.apiVersion === first.apiVersion);
  if (taken.length === 0) return null;
  const { subresource: _none, ...rest } = first;
  const { 'f:status': _status, ...fields } = uniteTrees([...(own ? [own] : []), ...taken].map(fieldsOfEntry));
  const united = { ...rest, manager: SYNC_FIELD_MANAGER, operation: 'Apply', fieldsV1: fields };
  const others = entries.filter((entry) => entry !== own && !taken.includes(entry));
  return {
    managedFields: [united, ...others],
    from: [...new Set(taken.map(({ manager }) => manager))].sort(),
    hasLastApplied: annotationOf(metadata, LAST_APPLIED_ANNOTATION) !== undefined,
  };
}

/** `applied`, as a dry run answered it, without the fields that go once they are taken over: those that nobody else owns, Git included. */
export function withoutTakenFields(applied: KubeObject): KubeObject {
  const entries = managedFieldsOf(applied.metadata);
  const taken = uniteTrees(entries.filter(isTaken).map(fieldsOfEntry));
  const kept = uniteTrees(entries.filter((entry) => !isTaken(entry)).map(fieldsOfEntry));
  // Invariant: what makes it an object is never in a tree.
  return withoutOwned(applied, taken, kept) as KubeObject;
}

function withoutOwned(value: unknown, taken: FieldTree, kept: FieldTree): unknown {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => withoutOwnedItem(item, taken, kept));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const own = subtreeOf(taken, `f:${name}`);
    const others = subtreeOf(kept, `f:${name}`);
    if (own === undefined || name === 'status') return [[name, field]];
    return others === undefined ? [] : [[name, withoutOwned(field, own, others)]];
  });
  return Object.fromEntries(entries);
}

function withoutOwnedItem(item: unknown, taken: FieldTree, kept: FieldTree): unknown[] {
  const key = childKeysOf(taken).find((name) => isItemOf(name, item));
  if (key === undefined) return [item];
  const others = subtreeOf(kept, key);
  return others === undefined ? [] : [withoutOwned(item, subtreeOf(taken, key) ?? {}, others)];
}

function isTaken({ manager, operation, subresource = '' }: ManagedFieldsEntry): boolean {
  if (subresource !== '') return false;
  if (operation === 'Apply') return manager === 'kubectl';
  return manager === SYNC_FIELD_MANAGER || MAKERS.includes(manager);
}

function fieldsOfEntry({ fieldsV1 = {} }: ManagedFieldsEntry): NonNullable<ManagedFieldsEntry['fieldsV1']> {
  return fieldsV1;
}
