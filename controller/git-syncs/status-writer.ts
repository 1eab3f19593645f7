/** @module Writes the status of GitSyncs, when it says something new. */
import { canonicalJson } from '../../shared/encoding/json.ts';
import type { KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncStatus } from '../../shared/resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER } from '../../shared/resources/names.ts';
import { requestOf } from '../reconcile-loop/reconciler.ts';
import type { GitSyncCache } from './git-sync-cache.ts';

/** Writes through the cache, so that what was just written is what the next reader sees. */
export class StatusWriter {
  readonly #client: Pick<KubeWriter, 'mergePatch'>;
  readonly #cache: GitSyncCache;

  constructor(client: Pick<KubeWriter, 'mergePatch'>, cache: GitSyncCache) {
    this.#client = client;
    this.#cache = cache;
  }

  /**
   * Makes the fields of `status` those of the object, unless they are already, times of conditions and the history aside. Fields that `status`
   * leaves out stay. True when it was written and says more than that a request to reconcile was handled. @throws KubeError
   */
  async write(gitSync: GitSync, status: GitSyncStatus): Promise<boolean> {
    const changed = changedFields(gitSync.status ?? {}, status);
    if (changed.length === 0) return false;
    // Deleted, or made again under its name: what was found out is not about the new one.
    if (this.#cache.find(requestOf(gitSync))?.metadata.uid !== gitSync.metadata.uid) return false;
    const { namespace, name = '' } = gitSync.metadata;
    const options = { subresource: 'status', fieldManager: CONTROLLER_FIELD_MANAGER } as const;
    try {
      const written = await this.#client.mergePatch(GIT_SYNCS, { namespace, name }, { status }, options);
      this.#cache.learn(written as GitSync);
      return changed.some((field) => field !== 'lastHandledReconcileAt');
    } catch (error) {
      // Deleted meanwhile: nobody is left to read it.
      if (isKubeError(error, 'KUBE_NOT_FOUND')) return false;
      throw error;
    }
  }
}

function changedFields(current: GitSyncStatus, next: GitSyncStatus): readonly string[] {
  const changed = Object.entries(next).filter(([field, value]) => {
    // It rides along: each sync that belongs into it has other news.
    if (field === 'history') return false;
    const before = current[field as keyof GitSyncStatus];
    return canonicalJson(withoutTimes(field, before)) !== canonicalJson(withoutTimes(field, value));
  });
  return changed.map(([field]) => field);
}

function withoutTimes(field: string, value: unknown): unknown {
  if (field !== 'conditions' || !Array.isArray(value)) return value ?? null;
  return value.map(({ type, status, reason, message }) => ({ type, status, reason, message }));
}
