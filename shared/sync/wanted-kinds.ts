/** @module The kinds of the objects that a GitSync has to do with. */
import { groupOf, versionOf } from '../resources/object-meta.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import type { OwnedObjects } from '../sync-plan/inventory.ts';

/** A kind in the version in which it is wanted; another served version does as well. */
export interface WantedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Where its objects are; the empty text for those of a kind without namespaces. */
  readonly namespaces: readonly string[];
}

/** The kinds of everything that is wanted or owned; the wanted version goes before the one of the inventory. */
export function kindsOf(owned: OwnedObjects, wanted: Iterable<DesiredObject>): readonly WantedKind[] {
  const kinds = new Map<string, Omit<WantedKind, 'namespaces'> & { readonly namespaces: Set<string> }>();
  const add = (found: Omit<WantedKind, 'namespaces'>, namespace: string): void => {
    const key = `${found.group}/${found.kind}`;
    const known = kinds.get(key);
    if (known?.version === found.version) known.namespaces.add(namespace);
    else kinds.set(key, { ...found, namespaces: new Set(known?.namespaces).add(namespace) });
  };
  for (const { group, version, kind, namespace } of owned.values()) add({ group, version, kind }, namespace);
  for (const { object, identity } of wanted) {
    const found = { group: groupOf(object.apiVersion), version: versionOf(object.apiVersion), kind: object.kind };
    add(found, identity.namespace);
  }
  return Array.from(kinds.values(), (kind) => ({ ...kind, namespaces: [...kind.namespaces] }));
}
