/** @module Writes what looks come to into the status of their GitSync, with its history. */
import type { GitSync, GitSyncStatus } from '../../shared/resources/git-sync.ts';
import type { GitSyncCache } from '../git-syncs/git-sync-cache.ts';
import type { StatusWriter } from '../git-syncs/status-writer.ts';
import { requestOf } from '../reconcile-loop/reconciler.ts';
import { statusAfterSync, statusInProgress } from './git-sync-status.ts';
import { type RecordedRound, recordHistory } from './record-history.ts';
import type { SyncState } from './sync-state.ts';

/** What a keeper works with. */
export interface StatusKeeperOptions {
  readonly cache: GitSyncCache;
  readonly statuses: Pick<StatusWriter, 'write'>;
  readonly now: () => Date;
}

/** The statuses of all GitSyncs. Each method throws KubeError. */
export class StatusKeeper {
  readonly #options: StatusKeeperOptions;

  constructor(options: StatusKeeperOptions) {
    this.#options = options;
  }

  /** Status and history of a round; true when they say something new. */
  async conclude(
    gitSync: GitSync,
    state: Pick<SyncState, 'attempt'>,
    round: Pick<RecordedRound, 'summary' | 'startedAt' | 'describeCommit'>,
  ): Promise<boolean> {
    const endedAt = this.#options.now();
    const latest = this.#latest(gitSync);
    const status = statusAfterSync(latest, round.summary, endedAt);
    const recorded = await recordHistory(state.attempt, { ...round, gitSync: latest, status, endedAt });
    const isNews = await this.write(gitSync, recorded.status);
    state.attempt = recorded.attempt;
    return isNews;
  }

  /** Says that work is under way, when it is for something new: a retry of what failed keeps saying what failed. */
  async announce(gitSync: GitSync, revision: string): Promise<void> {
    const latest = this.#latest(gitSync);
    const { observedGeneration, lastAttemptedRevision } = latest.status ?? {};
    if (observedGeneration === latest.metadata.generation && lastAttemptedRevision === revision) return;
    await this.write(gitSync, statusInProgress(latest, revision, this.#options.now()));
  }

  /** Writes `status`; true when it says something new. */
  write(gitSync: GitSync, status: GitSyncStatus): Promise<boolean> {
    return this.#options.statuses.write(this.#latest(gitSync), status);
  }

  /** The GitSync as it is known now: our own writes have moved it on. */
  #latest(gitSync: GitSync): GitSync {
    const latest = this.#options.cache.find(requestOf(gitSync));
    // What was looked at is the specification of this reconcile; a newer one is not acknowledged before its own.
    return latest?.metadata.uid === gitSync.metadata.uid && latest?.status
      ? { ...gitSync, status: latest.status }
      : gitSync;
  }
}
