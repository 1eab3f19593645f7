/** @module The finalizer that makes a GitSync wait, when it is deleted, until its objects were pruned or let go. */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER, GIT_SYNC_FINALIZER } from '../../shared/resources/names.ts';
import { requestOf } from '../reconcile-loop/reconciler.ts';
import type { GitSyncCache } from './git-sync-cache.ts';

/** What the finalizer works with. */
export interface FinalizerDependencies {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'mergePatch'>;
  readonly cache: GitSyncCache;
}

/** True when `gitSync` waits for us before it disappears. */
export function hasFinalizer({ metadata }: GitSync): boolean {
  return metadata.finalizers?.includes(GIT_SYNC_FINALIZER) === true;
}

/** Makes `gitSync` wait for us from now on. @throws KubeError */
export async function addFinalizer(dependencies: FinalizerDependencies, gitSync: GitSync): Promise<void> {
  if (hasFinalizer(gitSync)) return;
  await setFinalizers(dependencies, gitSync, (finalizers) => [...finalizers, GIT_SYNC_FINALIZER]);
}

/** Lets `gitSync` go. @throws KubeError */
export async function removeFinalizer(dependencies: FinalizerDependencies, gitSync: GitSync): Promise<void> {
  await setFinalizers(dependencies, gitSync, (finalizers) => finalizers.filter((name) => name !== GIT_SYNC_FINALIZER));
}

/** A merge patch replaces the whole list, so that it holds only for the version of the object that was read. */
async function setFinalizers(
  { client, cache }: FinalizerDependencies,
  gitSync: GitSync,
  change: (finalizers: readonly string[]) => readonly string[],
): Promise<void> {
  const request = requestOf(gitSync);
  const patchOf = ({ metadata }: Pick<GitSync, 'metadata'>): Record<string, unknown> => ({
    metadata: { resourceVersion: metadata.resourceVersion, finalizers: change(metadata.finalizers ?? []) },
  });
  const options = { fieldManager: CONTROLLER_FIELD_MANAGER };
  try {
    cache.learn((await client.mergePatch(GIT_SYNCS, request, patchOf(gitSync), options)) as GitSync);
  } catch (error) {
    if (isKubeError(error, 'KUBE_NOT_FOUND')) return;
    if (!isKubeError(error, 'KUBE_CONFLICT')) throw error;
    const current = await client.get(GIT_SYNCS, request);
    if (current === null || current.metadata.uid !== gitSync.metadata.uid) return;
    cache.learn((await client.mergePatch(GIT_SYNCS, request, patchOf(current as GitSync), options)) as GitSync);
  }
}
