/**
 * @module A pinned commit in the place of what the reference names. A pin that says what it was set against is let go when the
 * reference names something newer than that.
 */
import { GitError } from '../../shared/git/errors.ts';
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncPin } from '../../shared/resources/git-sync.ts';
import { CONTROLLER_FIELD_MANAGER } from '../../shared/resources/names.ts';
import type { GitSyncCache } from '../git-syncs/git-sync-cache.ts';
import { requestOf } from '../reconcile-loop/reconciler.ts';
import type { OpenSource } from './source-reader.ts';

/** The revision to take on, and what became of the pin: `held` while it counts, `released` when the reference went past it. */
export interface PinChoice {
  readonly revision: ResolvedRevision;
  readonly pin: 'none' | 'held' | 'released';
}

/** Chooses between the pin of `gitSync` and `tip`, which its reference names now. @throws GitError */
export async function choosePinned(
  source: Pick<OpenSource, 'compareHistory' | 'readCommit'>,
  gitSync: GitSync,
  tip: ResolvedRevision,
): Promise<PinChoice> {
  const { pin } = gitSync.spec;
  if (pin === undefined) return { revision: tip, pin: 'none' };
  const isPassed =
    pin.until !== undefined && pin.until !== tip.commit && (await isNewer(source, pin.until, tip.commit));
  return isPassed ? { revision: tip, pin: 'released' } : { revision: pinnedRevision(pin, tip), pin: 'held' };
}

/** Takes the pin out of the specification, unless it was changed meanwhile. @throws KubeError */
export async function releasePin(
  { client, cache }: { readonly client: Pick<KubeWriter, 'mergePatch'>; readonly cache: GitSyncCache },
  gitSync: GitSync,
): Promise<void> {
  const { resourceVersion, generation } = cache.find(requestOf(gitSync))?.metadata ?? gitSync.metadata;
  if (generation !== gitSync.metadata.generation) return;
  const patch = { metadata: { resourceVersion }, spec: { pin: null } };
  try {
    const options = { fieldManager: CONTROLLER_FIELD_MANAGER };
    cache.learn((await client.mergePatch(GIT_SYNCS, requestOf(gitSync), patch, options)) as GitSync);
  } catch (error) {
    // The next look decides anew.
    if (!isKubeError(error, 'KUBE_CONFLICT', 'KUBE_NOT_FOUND')) throw error;
  }
}

/**
 * Whether `tip` comes after `bad`: it has it in its history, or, in a history that was rewritten, its commit is of a later time. A
 * reference that was only set back names nothing newer.
 */
async function isNewer(
  source: Pick<OpenSource, 'compareHistory' | 'readCommit'>,
  bad: string,
  tip: string,
): Promise<boolean> {
  if ((await source.compareHistory(bad, tip)) === 'descendant') return true;
  try {
    return (await source.readCommit(tip)).committedAt > (await source.readCommit(bad)).committedAt;
  } catch (error) {
    // Nothing can be said of a commit that is gone.
    if (error instanceof GitError && error.code === 'GIT_COMMIT_NOT_FOUND') return false;
    throw error;
  }
}

/** Named as the status names revisions of the reference: `main@sha1:<commit>`. */
function pinnedRevision({ commit }: GitSyncPin, tip: ResolvedRevision): ResolvedRevision {
  const [, name = ''] = /^(.*@)?[^@]*$/s.exec(tip.revision) ?? [];
  return { commit, revision: `${name}${commit.length === 64 ? 'sha256' : 'sha1'}:${commit}` };
}
