/** @module What is remembered of each GitSync, made when it is first needed and forgotten with it. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
import { applyOrRecreate } from '../../shared/sync/apply-or-recreate.ts';
import { findDrift } from '../../shared/sync/find-drift.ts';
import { readObject } from '../../shared/sync/read-object.ts';
import { createServedKinds, type ServedKinds } from '../../shared/sync/served-kinds.ts';
import type { ApprovalItem } from '../../shared/sync-plan/approval.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { clusterAskOf } from '../clusters/choose-cluster.ts';
import type { ClusterPool } from '../clusters/cluster-pool.ts';
import type { WatchHub } from '../clusters/watch-hub.ts';
import { type GitSyncCache, ownerOf } from '../git-syncs/git-sync-cache.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { SyncState, type SyncStateOptions } from './sync-state.ts';

type SharedOptions =
  | 'now'
  | 'nowMs'
  | 'onDrifted'
  | 'onSettled'
  | 'onTaken'
  | 'onRepaired'
  | 'onDeferred'
  | 'onUnsettled'
  | 'onHealth';

/** What states work with. */
export interface SyncStatesOptions extends Pick<SyncStateOptions, SharedOptions> {
  readonly cache: GitSyncCache;
  readonly pool: Pick<ClusterPool, 'release'>;
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
    const request = requestOf(gitSync);
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

  /** The stored Inventory of the GitSync may be gone. False when nothing was kept in it. */
  doubtInventory(request: Request): boolean {
    const state = this.#states.get(ownerOf(request));
    if (state === undefined || state.inventoryVersion === null) return false;
    state.book.doubtStored();
    return true;
  }

  /** Nothing is applied or repaired for the GitSync any more until a look has reached its cluster anew. Returns at once. */
  halt(request: Request): void {
    const state = this.#states.get(ownerOf(request));
    if (state) state.targetAsk = '';
  }

  /** The GitSync is gone: nothing of it is followed any more. */
  forget(request: Request): void {
    this.#options.pool.release(ownerOf(request));
    this.#states.get(ownerOf(request))?.moveTo(null);
    this.#states.delete(ownerOf(request));
  }

  #apply(state: SyncState, desired: DesiredObject, onUnchanged: () => void): Promise<KubeObject> {
    const { controllerNamespace, onRecreated } = this.#options;
    const { client, hub: live } = state.reached;
    const { kinds, book, owner, request: gitSync, approvals } = state;
    return applyOrRecreate(
      {
        client,
        kinds,
        live,
        book,
        context: { owner, gitSync, controllerNamespace },
        onUnchanged,
        isApproved: (uid) => approvals.isApproved(uid),
        onHeld: (item) => approvals.hold(desired.key, item),
        onRecreated: (item) => onRecreated(state, item),
      },
      desired,
    );
  }

  #create(request: Request, uid: string): SyncState {
    const hub: SyncStateOptions['hub'] = {
      find: (identity) => state.target?.hub.find(identity) ?? 'unreadable',
      learn: (identity, live) => state.target?.hub.learn(identity, live),
      problemOf: (identity) => state.target?.hub.problemOf(identity),
    };
    const isEnforced = (gitSync: GitSync | undefined): boolean =>
      isEnforcing(gitSync, uid) && state.target !== null && state.targetAsk === clusterAskOf(gitSync);
    const state: SyncState = new SyncState(
      {
        ...this.#options,
        uid,
        request,
        owner: ownerOf(request),
        hub,
        isOwnedBy: (owner, key) => this.isOwnedBy(owner, key, state.cluster),
        apply: (of, desired, onUnchanged) => this.#apply(of, desired, onUnchanged),
        isEnforcing: () => isEnforced(this.#options.cache.find(request)),
        findDrift: (of, desired) => findDrift({ client: of.reached.client, kinds: of.kinds }, desired),
        read: (of, desired) => readObject({ client: of.reached.client, kinds: of.kinds }, desired),
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
