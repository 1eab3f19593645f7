/** @module Takes single objects that left Git out of the cluster, or lets them go. What is to be done was decided by the plan. */
import type { KubeReader, KubeWriter, ObjectReference } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import type { ResourceType } from '../kube/resource-type.ts';
import type { InventoryEntry } from '../resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER, OWNER_ANNOTATION } from '../resources/names.ts';
import type { SeenObject } from '../sync-plan/decide-prune.ts';
import { readLiveObject } from './live-object.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What pruning takes. */
export interface PruneDependencies {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'delete' | 'mergePatch'>;
  readonly kinds: ServedKinds;
}

/** `changed`: another object has the name by now, or its metadata is not as it was seen; it was not touched. `unserved`: nobody serves the kind. */
export type DeletionResult = 'gone' | 'terminating' | 'changed' | 'unserved';

/** How often an object is looked at again whose status, or content, changes under the deletion. */
const ATTEMPTS = 5;

/**
 * Deletes the object of `entry` in the background, if it is the one that was `seen` and its labels, annotations, finalizers and owners
 * are still the same: one of them may have come to say that it is to stay. @throws KubeError
 */
export async function deleteOwned(
  { client, kinds }: PruneDependencies,
  entry: InventoryEntry,
  seen: SeenObject,
): Promise<DeletionResult> {
  const type = await kinds.findForEntry(entry);
  if (type === null) return 'unserved';
  let { resourceVersion } = seen;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const preconditions = { uid: seen.uid, resourceVersion };
      const result = await client.delete(type, referenceTo(entry), { ...preconditions, propagation: 'Background' });
      return result === 'terminating' ? 'terminating' : 'gone';
    } catch (error) {
      if (!isKubeError(error, 'KUBE_CONFLICT')) throw error;
    }
    const now = await versionOfSame(client, { type, entry, seen });
    if (now === null || attempt === ATTEMPTS) return 'changed';
    resourceVersion = now;
  }
}

/** The version in which the object stands now; null when it is another one, or its metadata has changed. */
async function versionOfSame(
  client: Pick<KubeReader, 'get'>,
  { type, entry, seen }: { readonly type: ResourceType; readonly entry: InventoryEntry; readonly seen: SeenObject },
): Promise<string | null> {
  const live = await client.get(type, referenceTo(entry), { metadataOnly: true });
  if (live === null) return null;
  const { uid, metadataDigest, resourceVersion } = readLiveObject(live);
  return uid === seen.uid && metadataDigest === seen.metadataDigest ? resourceVersion : null;
}

/** Takes the owner annotation off the object of `entry`, so that another GitSync may have it. One that is gone is fine. */
export async function releaseOwned({ client, kinds }: PruneDependencies, entry: InventoryEntry): Promise<void> {
  const type = await kinds.findForEntry(entry);
  if (type === null) return;
  const patch = { metadata: { annotations: { [OWNER_ANNOTATION]: null } } };
  try {
    await client.mergePatch(type, referenceTo(entry), patch, { fieldManager: CONTROLLER_FIELD_MANAGER });
  } catch (error) {
    if (!isKubeError(error, 'KUBE_NOT_FOUND')) throw error;
  }
}

function referenceTo({ namespace, name }: InventoryEntry): ObjectReference {
  return { namespace: namespace === '' ? undefined : namespace, name };
}
