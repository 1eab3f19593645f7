/** @module Whether GitSyncs really own what says that it belongs to them, for one look at the cluster. */
import type { KubeReader } from '../kube/client.ts';
import { GIT_SYNCS, INVENTORIES } from '../kube/resource-type.ts';
import type { ObjectKey } from '../resources/object-meta.ts';
import { type OwnedObjects, readOwnedObjects } from '../sync-plan/inventory.ts';
import { runLimited } from './run-limited.ts';

/** Anybody may write any number of owners into annotations. */
const CONCURRENCY = 8;

/** An object, and the GitSync `namespace/name` that it names as its owner. */
export interface OwnerClaim {
  readonly key: ObjectKey;
  readonly owner: string;
}

/**
 * Looks the inventory of each owner up, once, and answers from then on: true for an object that is in it, and when it could not be read.
 * The answer about an owner that was in no claim is false.
 */
export async function lookUpOwners(
  client: KubeReader,
  claims: readonly OwnerClaim[],
): Promise<(owner: string, key: ObjectKey) => boolean> {
  const owners = [...new Set(claims.map(({ owner }) => owner))];
  const known = new Map<string, OwnedObjects | null>();
  await runLimited(owners, { limit: CONCURRENCY }, async (owner) => {
    known.set(owner, await readOwned(client, owner));
  });
  return (owner, key) => {
    const owned = known.get(owner);
    return owned === null || owned?.has(key) === true;
  };
}

/** What the owner has; null when that cannot be told. */
async function readOwned(client: KubeReader, owner: string): Promise<OwnedObjects | null> {
  const slash = owner.indexOf('/');
  const reference = { namespace: owner.slice(0, slash), name: owner.slice(slash + 1) };
  if (slash < 1 || reference.name === '') return new Map();
  try {
    const exists = (await client.get(GIT_SYNCS, reference, { metadataOnly: true })) !== null;
    return exists ? readOwnedObjects(await client.get(INVENTORIES, reference)) : new Map();
  } catch {
    return null;
  }
}
