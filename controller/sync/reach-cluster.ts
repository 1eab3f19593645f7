/** @module The first step of every look: the cluster and identity that a GitSync asks for, or why nothing is done about its objects. */
import { countOf } from '../../shared/encoding/count-of.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { LEAVE_CLUSTER_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { clusterAskOf } from '../clusters/choose-cluster.ts';
import type { ClusterPool } from '../clusters/cluster-pool.ts';
import type { TargetCluster } from '../clusters/target-cluster.ts';
import { RefusedError, type SyncRefusal, toRefusal } from '../git-syncs/sync-refusal.ts';
import type { SyncState } from './sync-state.ts';

/** What reaching a cluster takes. */
export interface ReachDependencies {
  readonly pool: Pick<ClusterPool, 'take' | 'release'>;
  /** The GitSync moves to another cluster, and so many objects stay behind in the one at `address`. */
  readonly onLeft: (gitSync: GitSync, count: number, address: string) => void;
}

/** Stands for the address of the cluster that the controller runs in. */
const OWN_CLUSTER = 'in-cluster';

/**
 * Has `state`, whose inventory was read, work in the cluster and as the identity that `gitSync` asks for now. Null when that is so; else
 * nothing is written on its behalf from now on, but by a cluster that is only not to be reached.
 */
export async function reachCluster(
  { pool, onLeft }: ReachDependencies,
  gitSync: GitSync,
  state: SyncState,
  signal: AbortSignal,
): Promise<SyncRefusal | null> {
  try {
    const target = await pool.take(gitSync);
    assertSameCluster(gitSync, state, target, onLeft);
    if (state.target !== target) state.moveTo(target);
    state.targetAsk = clusterAskOf(gitSync);
    await target.assertReachable(signal);
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const refusal = toRefusal(error);
    if (refusal.reason === 'ClusterUnreachable' || !(error instanceof RefusedError)) return refusal;
    pool.release(state.owner);
    state.moveTo(null);
    return refusal;
  }
}

/** What is in the inventory can only be pruned where it is. */
function assertSameCluster(
  gitSync: GitSync,
  state: SyncState,
  { address }: TargetCluster,
  onLeft: ReachDependencies['onLeft'],
): void {
  const before = state.cluster;
  const keys = [...state.book.entries.keys()];
  if (before !== address && keys.length > 0) {
    if (annotationOf(gitSync.metadata, LEAVE_CLUSTER_ANNOTATION) !== nameOf(before)) {
      throw movedError(state, address);
    }
    for (const key of keys) state.book.delete(key);
    onLeft(gitSync, keys.length, nameOf(before));
  }
  state.cluster = address;
}

function movedError({ cluster, book }: SyncState, address: string): RefusedError {
  const { size } = book.entries;
  const message =
    `this GitSync has ${countOf(size, 'object')} in cluster ${nameOf(cluster)}, and spec.kubeConfig is for ${nameOf(address)} now: ` +
    `set it back and have them pruned first, or leave them there with annotation ${LEAVE_CLUSTER_ANNOTATION}=${nameOf(cluster)}`;
  return new RefusedError({ reason: 'ClusterChanged', outlook: 'poll', message, failures: [] });
}

function nameOf(address: string): string {
  return address === '' ? OWN_CLUSTER : address;
}
