/** @module Which GitSync looks after a live object, by the annotation on the object and by the inventories. */
import { isKubeError } from '../../shared/kube/errors.ts';
import { referenceOf } from '../../shared/kube/paths.ts';
import { GIT_SYNCS, INVENTORIES } from '../../shared/kube/resource-type.ts';
import type { GitSync, Inventory, InventoryEntry } from '../../shared/resources/git-sync.ts';
import { OWNER_ANNOTATION } from '../../shared/resources/names.ts';
import {
  annotationOf,
  comesFromSealedSecret,
  type KubeObject,
  type ObjectIdentity,
  objectKey,
  placeKey,
} from '../../shared/resources/object-meta.ts';
import type { Cluster } from './cluster.ts';
import { readEntries } from './git-syncs.ts';

/** `owned`: `gitSync` has the object in its inventory. `unowned`: nobody has, and `why` says what is known of it instead. */
export type Owner =
  | { readonly kind: 'owned'; readonly gitSync: GitSync; readonly entry: InventoryEntry }
  | { readonly kind: 'unowned'; readonly why: string };

/** Looks for whoever owns `identity`; `live` is null when it does not exist. @throws KubeError */
export async function findOwner(cluster: Cluster, identity: ObjectIdentity, live: KubeObject | null): Promise<Owner> {
  const named = live === null ? undefined : annotationOf(live.metadata, OWNER_ANNOTATION);
  if (named === undefined) return findByInventory(cluster, identity, live);
  const slash = named.indexOf('/');
  const reference = { namespace: named.slice(0, slash), name: named.slice(slash + 1) };
  const shown = JSON.stringify(named);
  if (slash < 1 || reference.name === '') return unowned(`its annotation names ${shown}, which is no GitSync`);
  const gitSync = (await cluster.client.get(GIT_SYNCS, reference)) as unknown as GitSync | null;
  if (gitSync === null) return unowned(`its annotation names GitSync ${shown}, which does not exist`);
  const entry = findEntry(await readEntries(cluster, gitSync), identity);
  if (entry !== undefined) return { kind: 'owned', gitSync, entry };
  return unowned(
    `its annotation names GitSync ${shown}, which does not have it in its inventory: was the object copied?`,
  );
}

/** An object that lost its annotation, or that is gone, is still in the inventory of its owner. */
async function findByInventory(cluster: Cluster, identity: ObjectIdentity, live: KubeObject | null): Promise<Owner> {
  for (const { metadata, spec } of await listInventories(cluster, identity)) {
    const entry = findEntry(spec.entries, identity);
    if (entry === undefined) continue;
    const gitSync = (await cluster.client.get(GIT_SYNCS, referenceOf({ metadata }))) as unknown as GitSync | null;
    if (gitSync !== null) return { kind: 'owned', gitSync, entry };
  }
  if (live === null) return unowned('it does not exist, and no GitSync has it in its inventory');
  const maker = describeMaker(live);
  return unowned(`no GitSync has it in its inventory${maker === null ? '' : `; ${maker}`}`);
}

/** All of the cluster, or those of the object's namespace when the user may not list more. */
async function listInventories(
  { client, namespace }: Cluster,
  identity: ObjectIdentity,
): Promise<readonly Inventory[]> {
  try {
    return (await client.list(INVENTORIES)).items as unknown as readonly Inventory[];
  } catch (error) {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    const own = identity.namespace === '' ? namespace : identity.namespace;
    return (await client.list(INVENTORIES, { namespace: own })).items as unknown as readonly Inventory[];
  }
}

function findEntry(entries: readonly InventoryEntry[], identity: ObjectIdentity): InventoryEntry | undefined {
  const key = objectKey(identity);
  return entries.find((entry) => objectKey(entry) === key);
}

function describeMaker({ kind, metadata }: KubeObject): string | null {
  if (kind === 'Secret' && comesFromSealedSecret(metadata)) {
    return `it is unsealed from SealedSecret ${placeKey(metadata)}, which may have an owner`;
  }
  const [owner] = metadata.ownerReferences ?? [];
  if (owner !== undefined) return `it was made for ${owner.kind} ${owner.name}`;
  const managers = managersOf(metadata);
  return managers.length === 0 ? null : `it is written by ${managers.slice(0, 5).join(', ')}`;
}

function managersOf(metadata: KubeObject['metadata']): readonly string[] {
  const entries: unknown = metadata['managedFields'];
  if (!Array.isArray(entries)) return [];
  const names = entries.flatMap((entry) => (typeof entry?.manager === 'string' ? [entry.manager as string] : []));
  return [...new Set(names)];
}

function unowned(why: string): Owner {
  return { kind: 'unowned', why };
}
