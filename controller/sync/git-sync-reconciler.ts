/** @module Keeps one GitSync: fetch, render and guard; plan, apply and prune; and say in its status what came of it. */
import type { GitSync, GitSyncStatus } from '../../shared/resources/git-sync.ts';
import type { DigestObject } from '../../shared/sync-plan/digest.ts';
import type { Outcome, Reconciler, Request } from '../reconcile-loop/reconciler.ts';
import { type DeletionDependencies, finishDeletion } from './delete-git-sync.ts';
import { type EnforceDependencies, enforce } from './enforce.ts';
import { addFinalizer } from './finalizer.ts';
import { requestFor } from './git-sync-cache.ts';
import { statusAfterSync, statusDeleting, statusInProgress, statusSuspended } from './git-sync-status.ts';
import type { SourceReader } from './source-reader.ts';
import type { StatusWriter } from './status-writer.ts';
import { toRefusal } from './sync-refusal.ts';
import { problemOf, type SyncReporter } from './sync-reporter.ts';
import type { SyncState } from './sync-state.ts';
import type { SyncStates } from './sync-states.ts';
import { isInPlace, type SyncSummary } from './sync-summary.ts';
import { intervalOf, type TakenRevision, takeRevision } from './take-revision.ts';

/** What the reconciler works with. */
export interface GitSyncReconcilerDependencies extends EnforceDependencies, DeletionDependencies {
  readonly states: SyncStates;
  readonly sources: SourceReader;
  readonly statuses: StatusWriter;
  readonly loadDigest: () => Promise<DigestObject>;
  readonly reporter: SyncReporter;
  readonly now: () => Date;
  readonly random: () => number;
  /** Asks for another look after `delayMs`; what is asked for earlier wins. */
  readonly enqueue: (request: Request, delayMs: number) => void;
}

/** How far from the interval a look at the source may be, either way, so that many GitSyncs spread out. */
const JITTER = 0.1;
/** Deletions are followed by watch; this only makes up for a watch that was cut. */
const DELETION_POLL_MS = 10_000;

/** Reconciles GitSyncs. */
export class GitSyncReconciler implements Reconciler {
  readonly #dependencies: GitSyncReconcilerDependencies;

  constructor(dependencies: GitSyncReconcilerDependencies) {
    this.#dependencies = dependencies;
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Outcome> {
    const { cache, states } = this.#dependencies;
    const gitSync = cache.find(request);
    if (gitSync === undefined) {
      states.forget(request);
      return { kind: 'settled' };
    }
    const state = states.get(gitSync);
    if (gitSync.metadata.deletionTimestamp !== undefined) return this.#delete(gitSync, state, signal);
    if (gitSync.spec.suspend === true) return this.#suspend(gitSync, state);
    return this.#sync(gitSync, state, signal);
  }

  async #sync(gitSync: GitSync, state: SyncState, signal: AbortSignal): Promise<Outcome> {
    const { sources, loadDigest, store, hub } = this.#dependencies;
    const startedAtMs = this.#dependencies.nowMs();
    await addFinalizer(this.#dependencies, gitSync);
    await store.load(state);
    state.kinds = this.#dependencies.states.freshKinds();
    const before = state.enforced;
    const taken = await takeRevision({ sources, loadDigest, gitSync, state, signal });
    const summary = await this.#enforce(gitSync, state, taken, signal);
    if (summary.refusal?.reason === 'TooManyObjects') state.enforced = before;
    if (state.enforced === null) hub.release(state.owner);
    const status = statusAfterSync(this.#latest(gitSync), summary, this.#dependencies.now());
    const isNews = await this.#record(gitSync, status);
    this.#dependencies.reporter.report(gitSync, summary, { tookMs: this.#dependencies.nowMs() - startedAtMs, isNews });
    return this.#outcome(gitSync, summary);
  }

  /** The revision in force, be it the wanted one or the one before. */
  async #enforce(gitSync: GitSync, state: SyncState, taken: TakenRevision, signal: AbortSignal): Promise<SyncSummary> {
    const { enforced: revision } = state;
    const summaryOf = (parts: Pick<SyncSummary, 'refusal' | 'enforced'>): SyncSummary => ({
      revision: taken.revision,
      objects: state.book.entries.size,
      ...parts,
    });
    if (revision === null) return summaryOf({ refusal: taken.refusal, enforced: null });
    const { skipped } = revision;
    const isOutdated = taken.refusal !== null;
    const onWork = async (): Promise<void> => {
      if (!isOutdated) await this.#announce(gitSync, revision.revision);
    };
    try {
      const enforced = await enforce(this.#dependencies, { gitSync, state, revision, isOutdated, signal, onWork });
      return { ...summaryOf({ refusal: taken.refusal, enforced }), skipped };
    } catch (error) {
      signal.throwIfAborted();
      return summaryOf({ refusal: taken.refusal ?? toRefusal(error), enforced: null });
    }
  }

  /** Says that work is under way, when it is for something new: a retry of what failed keeps saying what failed. */
  async #announce(gitSync: GitSync, revision: string): Promise<void> {
    const latest = this.#latest(gitSync);
    const { observedGeneration, lastAttemptedRevision } = latest.status ?? {};
    if (observedGeneration === latest.metadata.generation && lastAttemptedRevision === revision) return;
    await this.#record(gitSync, statusInProgress(latest, revision, this.#dependencies.now()));
  }

  /** Its inventory is read all the same: others ask it whose an object is. */
  async #suspend(gitSync: GitSync, state: SyncState): Promise<Outcome> {
    await this.#dependencies.store.load(state);
    await this.#record(gitSync, statusSuspended(gitSync, this.#dependencies.now()));
    return { kind: 'settled' };
  }

  async #delete(gitSync: GitSync, state: SyncState, signal: AbortSignal): Promise<Outcome> {
    const progress = await finishDeletion(this.#dependencies, { gitSync, state, signal });
    if (progress.kind === 'done') {
      this.#dependencies.states.forget(state.request);
      return { kind: 'settled' };
    }
    const { summary, message } = progress;
    await this.#record(gitSync, statusDeleting(gitSync, summary, message, this.#dependencies.now()));
    if (progress.kind === 'failed') return { kind: 'retry', error: new Error(message) };
    return { kind: 'again', afterMs: DELETION_POLL_MS };
  }

  /** The GitSync as it is known now: our own writes have moved it on. */
  #latest(gitSync: GitSync): GitSync {
    const latest = this.#dependencies.cache.find(requestFor(gitSync));
    // What was looked at is the specification of this reconcile; a newer one is not acknowledged before its own.
    return latest?.metadata.uid === gitSync.metadata.uid && latest?.status
      ? { ...gitSync, status: latest.status }
      : gitSync;
  }

  async #record(gitSync: GitSync, status: GitSyncStatus): Promise<boolean> {
    return this.#dependencies.statuses.write(this.#latest(gitSync), status);
  }

  #outcome(gitSync: GitSync, summary: SyncSummary): Outcome {
    const { refusal } = summary;
    const intervalMs = (intervalOf(gitSync) ?? 0) * (1 - JITTER + 2 * JITTER * this.#dependencies.random());
    const hasFailed = summary.enforced !== null && !isInPlace({ ...summary, refusal: null });
    if (refusal?.outlook === 'spec' && !hasFailed) return { kind: 'stalled', reason: refusal.reason };
    const isWaiting = hasFailed && isOnlyWaiting(summary);
    if (refusal?.outlook !== 'retry' && (!hasFailed || isWaiting)) return { kind: 'again', afterMs: intervalMs };
    // Backoff grows beyond the interval, but a new commit that mends things is seen within it.
    if (intervalMs > 0) this.#dependencies.enqueue(requestFor(gitSync), intervalMs);
    return { kind: 'retry', error: new Error(problemOf(summary) ?? 'it is not in place yet') };
  }
}

function isOnlyWaiting({ enforced }: SyncSummary): boolean {
  return enforced !== null && enforced.applied.failures.length === 0 && enforced.pruned.failures.length === 0;
}
