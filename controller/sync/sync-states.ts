/** @module What is remembered of each GitSync, made when it is first needed and forgotten with it. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { ObjectKey } from '../../shared/resources/object-meta.ts';
import { applyObject } from '../../shared/sync/apply.ts';
import { readObject } from '../../shared/sync/read-object.ts';
import { createServedKinds, type ServedKinds } from '../../shared/sync/served-kinds.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { type GitSyncCache, ownerOf, requestFor } from './git-sync-cache.ts';
import type { SyncClient } from './sync-client.ts';
import { SyncState, type SyncStateOptions } from './sync-state.ts';
import type { WatchHub } from './watch-hub.ts';

/** What states work with. */
export interface SyncStatesOptions {
  readonly client: SyncClient;
  readonly cache: GitSyncCache;
  readonly hub: WatchHub;
  readonly nowMs: () => number;
  readonly onRepaired: SyncStateOptions['onRepaired'];
  readonly onDeferred: SyncStateOptions['onDeferred'];
  readonly onUnsettled: SyncStateOptions['onUnsettled'];
  readonly onHealth: SyncStateOptions['onHealth'];
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

  /** The states of these owners, as far as there are any. */
  allOf(owners: readonly string[]): readonly SyncState[] {
    return owners.flatMap((owner) => this.#states.get(owner) ?? []);
  }

  /** Whether the GitSync exists and has the object in its inventory; yes while that was not read yet. */
  isOwnedBy(owner: string, key: ObjectKey): boolean {
    if (!this.#options.cache.has(owner)) return false;
    const state = this.#states.get(owner);
    return state?.isLoaded !== true || state.book.entries.has(key);
  }

  /** The GitSync is gone: nothing of it is followed any more. */
  forget(request: Request): void {
    this.#options.hub.release(ownerOf(request));
    this.#states.get(ownerOf(request))?.stopWaiting();
    this.#states.delete(ownerOf(request));
  }

  /** What discovery knows, for the time of one reconcile. */
  freshKinds(): ServedKinds {
    return createServedKinds(this.#options.client);
  }

  #create(request: Request, uid: string): SyncState {
    const { client, cache, hub, nowMs, onRepaired, onDeferred, onUnsettled, onHealth } = this.#options;
    return new SyncState(
      {
        uid,
        request,
        owner: ownerOf(request),
        hub,
        isOwnedBy: (owner, key) => this.isOwnedBy(owner, key),
        apply: (state, desired) => applyObject({ client, kinds: state.kinds }, desired),
        isEnforcing: () => isEnforcing(cache.find(request), uid),
        nowMs,
        onRepaired,
        onDeferred,
        onUnsettled,
        read: (state, desired) => readObject({ client, kinds: state.kinds }, desired),
        onHealth,
      },
      this.freshKinds(),
    );
  }
}

function isEnforcing(gitSync: GitSync | undefined, uid: string): boolean {
  if (gitSync === undefined || gitSync.metadata.uid !== uid) return false;
  return gitSync.metadata.deletionTimestamp === undefined && gitSync.spec.suspend !== true;
}
