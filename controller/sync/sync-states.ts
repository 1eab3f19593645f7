/** @module What is remembered of each GitSync, made when it is first needed and forgotten with it. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
import { applyObject } from '../../shared/sync/apply.ts';
import { applyOrRecreate } from '../../shared/sync/apply-or-recreate.ts';
import { findDrift } from '../../shared/sync/find-drift.ts';
import { readObject } from '../../shared/sync/read-object.ts';
import { createServedKinds, type ServedKinds } from '../../shared/sync/served-kinds.ts';
import type { ApprovalItem } from '../../shared/sync-plan/approval.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { clusterAskOf } from './choose-cluster.ts';
import type { ClusterPool } from './cluster-pool.ts';
import { type GitSyncCache, ownerOf, requestFor } from './git-sync-cache.ts';
import { SyncState, type SyncStateOptions } from './sync-state.ts';
import type { WatchHub } from './watch-hub.ts';

/** What states work with. */
export interface SyncStatesOptions {
  readonly cache: GitSyncCache;
  readonly pool: Pick<ClusterPool, 'release'>;
  readonly now: () => Date;
  readonly nowMs: () => number;
  readonly onDrifted: SyncStateOptions['onDrifted'];
  readonly onSettled: SyncStateOptions['onSettled'];
  readonly onTaken: SyncStateOptions['onTaken'];
  readonly onRepaired: SyncStateOptions['onRepaired'];
  readonly onDeferred: SyncStateOptions['onDeferred'];
  readonly onUnsettled: SyncStateOptions['onUnsettled'];
  readonly onHealth: SyncStateOptions['onHealth'];
  /** Signet's own namespace. */
  readonly controllerNamespace: string;
  /** An object was deleted and made anew. */
  readonly onRecreated: (state: SyncState, item: ApprovalItem) => void;
}

/** The states of all GitSyncs. */
export class SyncStates {
  readonly #options: SyncStatesOptions;
  readonly #states = new Map<string, SyncState>();

  constructor(options: SyncStatesOptions) {
    this.#options = options;
  }

  /** The state of `gitSync`; a new one when another GitSync had its name. */
  get(gitSync: GitSync): SyncState {
    const request = requestFor(gitSync);
    const uid = gitSync.metadata.uid ?? '';
    const known = this.#states.get(ownerOf(request));
    if (known?.uid === uid) return known;
    if (known) this.forget(request);
    const state = this.#create(request, uid);
    this.#states.set(state.owner, state);
    return state;
  }

  /** All states that there are now. */
  all(): Iterable<SyncState> {
    return this.#states.values();
  }

  /** The states that see through `hub`. */
  *following(hub: WatchHub): Iterable<SyncState> {
    for (const state of this.#states.values()) if (state.target?.hub === hub) yield state;
  }

  /** The states of these owners, as far as there are any. */
  allOf(owners: readonly string[]): readonly SyncState[] {
    return owners.flatMap((owner) => this.#states.get(owner) ?? []);
  }

  /** Whether the GitSync exists and has the object of `cluster`, an address, in its inventory; yes while that was not read yet. */
  isOwnedBy(owner: string, key: ObjectKey, cluster: string): boolean {
    if (!this.#options.cache.has(owner)) return false;
    const state = this.#states.get(owner);
    return state?.isLoaded !== true || (state.book.entries.has(key) && state.cluster === cluster);
  }

  /** The GitSync is gone: nothing of it is followed any more. */
  forget(request: Request): void {
    this.#options.pool.release(ownerOf(request));
    this.#states.get(ownerOf(request))?.moveTo(null);
    this.#states.delete(ownerOf(request));
  }

  #apply(state: SyncState, desired: DesiredObject, onUnchanged: () => void): Promise<KubeObject> {
    const { controllerNamespace, onRecreated } = this.#options;
    const { client, hub } = state.reached;
    const { kinds, owner, request: gitSync, approvals } = state;
    // An entry that was only just made says nothing about an object that was there before.
    const isInInventory = state.book.entries.get(desired.key)?.state === 'applied';
    return applyOrRecreate(
      {
        client,
        kinds,
        context: { owner, gitSync, controllerNamespace, isInInventory },
        apply: (isGone) =>
          applyObject({ client, kinds }, desired, {
            before: isGone ? 'absent' : hub.find(desired.identity),
            onUnchanged,
          }),
        isApproved: (uid) => approvals.isApproved(uid),
        onHeld: (item) => approvals.hold(desired.key, item),
        onRecreated: (item) => onRecreated(state, item),
      },
      desired,
    );
  }

  #create(request: Request, uid: string): SyncState {
    const { cache, now, nowMs, onDrifted, onSettled, onTaken, onRepaired, onDeferred, onUnsettled, onHealth } =
      this.#options;
    const hub: SyncStateOptions['hub'] = {
      find: (identity) => state.target?.hub.find(identity) ?? 'unreadable',
      learn: (identity, live) => state.target?.hub.learn(identity, live),
      problemOf: (identity) => state.target?.hub.problemOf(identity),
    };
    const isEnforced = (gitSync: GitSync | undefined): boolean =>
      isEnforcing(gitSync, uid) && state.target !== null && state.targetAsk === clusterAskOf(gitSync);
    const state: SyncState = new SyncState(
      {
        uid,
        request,
        owner: ownerOf(request),
        hub,
        isOwnedBy: (owner, key) => this.isOwnedBy(owner, key, state.cluster),
        apply: (of, desired, onUnchanged) => this.#apply(of, desired, onUnchanged),
        isEnforcing: () => isEnforced(cache.find(request)),
        findDrift: (of, desired) => findDrift({ client: of.reached.client, kinds: of.kinds }, desired),
        now,
        nowMs,
        onDrifted,
        onSettled,
        onTaken,
        onRepaired,
        onDeferred,
        onUnsettled,
        read: (state, desired) => readObject({ client: state.reached.client, kinds: state.kinds }, desired),
        onHealth,
      },
      NO_KINDS,
    );
    return state;
  }
}

/** Before a cluster was reached nobody can say what it serves. */
const NO_KINDS: ServedKinds = createServedKinds({
  findType: () => Promise.reject(new TypeError('no cluster was reached')),
  findTypeOfGroup: () => Promise.reject(new TypeError('no cluster was reached')),
  refresh: () => undefined,
});

function isEnforcing(gitSync: GitSync | undefined, uid: string): gitSync is GitSync {
  if (gitSync === undefined || gitSync.metadata.uid !== uid) return false;
  return gitSync.metadata.deletionTimestamp === undefined && gitSync.spec.suspend !== true;
}
