/** @module Wakes the GitSyncs that wait for another one the moment that something about it is different. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { dependenciesOf, readinessMark } from '../../shared/sync-plan/dependencies.ts';
import { type GitSyncCache, ownerOf } from '../git-syncs/git-sync-cache.ts';
import { requestOf } from '../reconcile-loop/reconciler.ts';
import type { SyncState } from './sync-state.ts';

/** What a dependency watch works with. */
export interface DependencyWatchOptions {
  readonly cache: Pick<GitSyncCache, 'find'>;
  readonly states: () => Iterable<Pick<SyncState, 'request' | 'isHeldByOthers'>>;
  readonly enqueue: (state: Pick<SyncState, 'request'>) => void;
}

/** Follows the readiness of all GitSyncs. */
export class DependencyWatch {
  readonly #options: DependencyWatchOptions;
  readonly #marks = new Map<string, string>();

  constructor(options: DependencyWatchOptions) {
    this.#options = options;
  }

  /** The watch told of `gitSync`, which the cache knows by now; or of its end. Returns at once. */
  onGitSync(gitSync: GitSync, isRemoved: boolean): void {
    const request = requestOf(gitSync);
    const owner = ownerOf(request);
    const mark = isRemoved ? undefined : readinessMark(gitSync);
    if (mark === this.#marks.get(owner)) return;
    if (mark === undefined) this.#marks.delete(owner);
    else this.#marks.set(owner, mark);
    for (const state of this.#options.states()) {
      if (!state.isHeldByOthers || state.request.namespace !== request.namespace) continue;
      const waiting = this.#options.cache.find(state.request);
      if (waiting && dependenciesOf(waiting).includes(request.name)) this.#options.enqueue(state);
    }
  }
}
