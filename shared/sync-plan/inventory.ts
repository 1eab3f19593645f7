/**
 * @module What a GitSync owns: the entries of its Inventory, with what is known of each beside that only in memory. Storing them
 * is left to others.
 */
import type { InventoryEntry } from '../resources/git-sync.ts';
import type { KubeObject, ObjectIdentity, ObjectKey } from '../resources/object-meta.ts';
import { objectKey, versionOf } from '../resources/object-meta.ts';
import type { DesiredObject, PlacedObject } from './desired-object.ts';
import { holdsStill, type LiveObject } from './live-object.ts';

/** An entry, and the metadata that the object had when it was proven to be in place; unknown after a restart. */
export interface OwnedEntry extends InventoryEntry {
  readonly fields?: string;
  readonly foreignFields?: string;
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
  return sorted.map(([, entry]) => withoutMemory(entry));
}

function withoutMemory(entry: OwnedEntry): InventoryEntry {
  const {
    fields: _fields,
    foreignFields: _foreign,
    generation: _generation,
    metadataDigest: _metadata,
    ...stored
  } = entry;
  return stored;
}

/** The entry of an object that is about to be applied for the first time. */
export function pendingEntry({ object, identity }: PlacedObject): OwnedEntry {
  return { ...identity, version: versionOf(object.apiVersion), state: 'pending' };
}

/** The entry of an object that was seen to be, live, as Git wants it. */
export function provenEntry({ object, identity, digest }: DesiredObject, live: LiveObject): OwnedEntry {
  return withProof({ ...identity, version: versionOf(object.apiVersion), state: 'applied', digest }, live);
}

/** `entry` while its object is on its way out. */
export function terminatingEntry(entry: OwnedEntry): OwnedEntry {
  return { ...entry, state: 'terminating' };
}

/** `entry` after a write of others that touched nothing of ours. */
export function withVersionOf(entry: OwnedEntry, live: LiveObject): OwnedEntry {
  return withProof(entry, live);
}

/** True when nothing needs to be sent: Git wants what was applied, and nothing of that has changed in the cluster. */
export function isProven(entry: OwnedEntry, desired: DesiredObject, live: LiveObject): boolean {
  return entry.state === 'applied' && entry.digest === desired.digest && holdsStill(entry, live);
}

function withProof({ fields: _before, ...entry }: OwnedEntry, live: LiveObject): OwnedEntry {
  const { uid, resourceVersion, fields, foreignFields, generation, metadataDigest } = live;
  const proof = { uid, resourceVersion, foreignFields, generation, metadataDigest };
  return { ...entry, ...proof, ...(fields === undefined ? {} : { fields }) };
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
