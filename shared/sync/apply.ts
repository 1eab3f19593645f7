/** @module Sends one object to the cluster, as Signet's own part of it. */
import type { KubeWriter } from '../kube/client.ts';
import { SYNC_FIELD_MANAGER } from '../resources/names.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What applying takes. */
export interface ApplyDependencies {
  readonly client: Pick<KubeWriter, 'apply'>;
  readonly kinds: ServedKinds;
}

/**
 * The object as it is after it was applied: server-side, forced, as manager `signet-sync`. Fields that no commit named are not
 * touched, and neither are those of an object that `kubectl apply` made before and that left Git since.
 * @throws KubeError; SyncError SYNC_KIND_NOT_SERVED
 */
export async function applyObject(
  { client, kinds }: ApplyDependencies,
  { object }: PlacedObject,
  options: { readonly dryRun?: boolean } = {},
): Promise<KubeObject> {
  const type = await kinds.get(object.apiVersion, object.kind);
  return client.apply(type, object, { fieldManager: SYNC_FIELD_MANAGER, dryRun: options.dryRun });
}
