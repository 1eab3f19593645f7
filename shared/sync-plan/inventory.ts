/**
 * @module What a GitSync owns: the entries of its Inventory, with what is known of each beside that only in memory. Storing them
 * is left to others.
 */
import type { InventoryEntry } from '../resources/git-sync.ts';
import type { KubeObject, ObjectIdentity, ObjectKey } from '../resources/object-meta.ts';
import { objectKey, versionOf } from '../resources/object-meta.ts';
import type { DesiredObject, PlacedObject } from './desired-object.ts';
import { isStatusChange, type LiveObject } from './live-object.ts';

/** An entry, and the metadata that the object had when it was proven to be in place; unknown after a restart. */
export interface OwnedEntry extends InventoryEntry {
  readonly generation?: number | undefined;
  readonly metadataDigest?: string;
}

/** What one GitSync owns. */
export type OwnedObjects = ReadonlyMap<ObjectKey, OwnedEntry>;

const STATES: readonly unknown[] = ['pending', 'applied', 'terminating'];

/** The entries of a stored Inventory. What does not read as an entry is left out: it could not have been written by Signet. */
export function readOwnedObjects(inventory: KubeObject | null): Map<ObjectKey, OwnedEntry> {
  const entries = (inventory?.['spec'] as { readonly entries?: unknown } | undefined)?.entries;
  const owned = new Map<ObjectKey, OwnedEntry>();
  for (const entry of Array.isArray(entries) ? entries : []) if (isEntry(entry)) owned.set(objectKey(entry), entry);
  return owned;
}

/** The entries as they are stored, sorted by identity. */
export function toInventoryEntries(owned: OwnedObjects): InventoryEntry[] {
  const sorted = [...owned].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { generation: _generation, metadataDigest: _metadataDigest, ...entry }]) => entry);
}

/** The entry of an object that is about to be applied for the first time. */
export function pendingEntry({ object, identity }: PlacedObject): OwnedEntry {
  return { ...identity, version: versionOf(object.apiVersion), state: 'pending' };
}

/** The entry of an object that was seen to be, live, as Git wants it. */
export function provenEntry({ object, identity, digest }: DesiredObject, live: LiveObject): OwnedEntry {
  const { uid, resourceVersion, generation, metadataDigest } = live;
  const version = versionOf(object.apiVersion);
  return { ...identity, version, state: 'applied', digest, uid, resourceVersion, generation, metadataDigest };
}

/** `entry` while its object is on its way out. */
export function terminatingEntry(entry: OwnedEntry): OwnedEntry {
  return { ...entry, state: 'terminating' };
}

/** `entry` after a change of the object's status alone. */
export function withStatusChange(entry: OwnedEntry, live: LiveObject): OwnedEntry {
  return { ...entry, resourceVersion: live.resourceVersion };
}

/**
 * True when nothing needs to be sent: what Git wants has the digest that was applied, and the live object is the one, at the
 * version, that was proven then, or differs from it in its status alone.
 */
export function isProven(entry: OwnedEntry, desired: DesiredObject, live: LiveObject): boolean {
  if (entry.state !== 'applied' || entry.digest !== desired.digest || entry.uid !== live.uid) return false;
  return entry.resourceVersion === live.resourceVersion || isStatusOnly(entry, live);
}

/** True when `live` is the entry's object, changed in its status alone since it was proven. */
export function isStatusOnly(entry: OwnedEntry, live: LiveObject): boolean {
  const { uid, generation, metadataDigest } = entry;
  return uid !== undefined && metadataDigest !== undefined && isStatusChange({ uid, generation, metadataDigest }, live);
}

/** The identity of an entry. */
export function identityOfEntry({ group, kind, namespace, name }: InventoryEntry): ObjectIdentity {
  return { group, kind, namespace, name };
}

function isEntry(value: unknown): value is InventoryEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { group, kind, namespace, name, version, state } = value as Record<string, unknown>;
  const isText = [group, kind, namespace, name, version].every((field) => typeof field === 'string');
  return isText && kind !== '' && name !== '' && version !== '' && STATES.includes(state);
}
