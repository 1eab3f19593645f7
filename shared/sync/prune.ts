/** @module Takes single objects that left Git out of the cluster, or lets them go. What is to be done was decided by the plan. */
import type { KubeWriter, ObjectReference } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import type { InventoryEntry } from '../resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER, OWNER_ANNOTATION } from '../resources/names.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What pruning takes. */
export interface PruneDependencies {
  readonly client: Pick<KubeWriter, 'delete' | 'mergePatch'>;
  readonly kinds: ServedKinds;
}

/** `replaced`: another object has the name by now, and was not touched. `unserved`: nobody serves the kind. */
export type DeletionResult = 'gone' | 'terminating' | 'replaced' | 'unserved';

/** Deletes the object of `entry` in the background, if it still has `uid`. @throws KubeError */
export async function deleteOwned(
  { client, kinds }: PruneDependencies,
  entry: InventoryEntry,
  uid: string,
): Promise<DeletionResult> {
  const type = await kinds.findForEntry(entry);
  if (type === null) return 'unserved';
  try {
    const result = await client.delete(type, referenceTo(entry), { uid, propagation: 'Background' });
    return result === 'terminating' ? 'terminating' : 'gone';
  } catch (error) {
    if (isKubeError(error, 'KUBE_CONFLICT')) return 'replaced';
    throw error;
  }
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
