/** @module Keeps one GitSync: fetch, render and guard; plan, apply and prune; and say in its status what came of it. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import {
  type OpenRendering,
  openRendering,
  type RevisionRendererOptions,
} from '../../shared/sync/revision-renderer.ts';
import type { SealedPreflight } from '../../shared/sync/sealed-preflight.ts';
import { createServedKinds } from '../../shared/sync/served-kinds.ts';
import type { ApprovalHold } from '../../shared/sync-plan/approvals.ts';
import type { DigestObject } from '../../shared/sync-plan/digest.ts';
import { addFinalizer } from '../git-syncs/finalizer.ts';
import { askOf, ownerOf } from '../git-syncs/git-sync-cache.ts';
import type { KnownAsks } from '../git-syncs/known-asks.ts';
import { type SyncRefusal, toRefusal } from '../git-syncs/sync-refusal.ts';
import { type Outcome, type Reconciler, type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { type DeletionDependencies, type DeletionProgress, finishDeletion } from './delete-git-sync.ts';
import { type EnforceDependencies, enforce } from './enforce.ts';
import { statusDeleting, statusSuspended } from './git-sync-status.ts';
import { type GuardDeletionsInput, guardDeletions } from './guard-deletions.ts';
import { releasePin } from './pinned-revision.ts';
import { type NextLookDependencies, planNextLook, untilNextLook } from './plan-next-look.ts';
import type { SourceReader } from './source-reader.ts';
import { StatusKeeper, type StatusKeeperOptions } from './status-keeper.ts';
import type { SyncReporter } from './sync-reporter.ts';
import type { SyncState } from './sync-state.ts';
import type { SyncStates } from './sync-states.ts';
import { type SyncSummary, withoutWrites } from './sync-summary.ts';
import { type TakenRevision, takeRevision } from './take-revision.ts';

/** What the reconciler works with. */
export interface GitSyncReconcilerDependencies
  extends EnforceDependencies,
    DeletionDependencies,
    NextLookDependencies,
    StatusKeeperOptions {
  readonly states: SyncStates;
  readonly sources: SourceReader;
  readonly asks: Pick<KnownAsks, 'sinceMs'>;
  /** Reads what GitSyncs put into their files, from the cluster that they live in. */
  readonly rendering: RevisionRendererOptions;
  readonly loadDigest: () => Promise<DigestObject>;
  /** Tells whether SealedSecrets open; null where nobody asks. */
  readonly preflight: SealedPreflight | null;
  readonly reporter: SyncReporter;
  /** A whole look came to its end. */
  readonly onLooked: (state: SyncState) => void;
}

/** Deletions are followed by watch; this only makes up for a watch that was cut. */
const DELETION_POLL_MS = 10_000;

/** Reconciles GitSyncs. */
export class GitSyncReconciler implements Reconciler {
  readonly #dependencies: GitSyncReconcilerDependencies;
  readonly #statuses: StatusKeeper;

  constructor(dependencies: GitSyncReconcilerDependencies) {
    this.#dependencies = dependencies;
    this.#statuses = new StatusKeeper(dependencies);
  }

  async reconcile(request: Request, signal: AbortSignal): Promise<Outcome> {
    const { cache, states } = this.#dependencies;
    const gitSync = cache.find(request);
    if (gitSync === undefined) return this.#forget(request);
    const state = states.get(gitSync);
    if (gitSync.metadata.deletionTimestamp !== undefined) return this.#delete(gitSync, state, signal);
    if (gitSync.spec.suspend === true) return this.#suspend(gitSync, state);
    return (await this.#lookAtHealth(gitSync, state)) ?? this.#sync(gitSync, state, signal);
  }

  /** Once it is gone, and no look that began before is left to remember anything. */
  #forget(request: Request): Outcome {
    const { schedule, states, sources } = this.#dependencies;
    schedule.begin(ownerOf(request));
    states.forget(request);
    sources.forget(request);
    return { kind: 'settled' };
  }

  async #sync(gitSync: GitSync, state: SyncState, signal: AbortSignal): Promise<Outcome> {
    const startedAtMs = this.#dependencies.nowMs();
    const startedAt = this.#dependencies.now();
    this.#dependencies.schedule.begin(state.owner);
    state.look = null;
    const refusal = await this.#begin(gitSync, state, signal);
    const before = state.enforced;
    const taken = refusal === null ? await this.#take(gitSync, state, signal) : this.#leave(gitSync, refusal);
    if (taken.pin === 'released') await this.#release(gitSync, taken);
    if (state.enforced !== null && state.enforced.commit !== before?.commit)
      this.#dependencies.reporter.unhonoured(gitSync, state.enforced.wanted.values());
    const summary =
      refusal === null
        ? await this.#enforce(gitSync, state, taken, signal)
        : { revision: null, refusal, enforced: null, objects: countObjects(gitSync, state) };
    if (isWhollyRefused(summary)) state.enforced = before;
    if (summary.enforced?.isInterrupted === true) {
      this.#dependencies.reporter.interrupted(gitSync, summary);
      return { kind: 'again', afterMs: 0 };
    }
    if (state.enforced === null) state.target?.hub.release(state.owner);
    const isNews = await this.#statuses.conclude(gitSync, state, {
      summary,
      startedAt,
      describeCommit: taken.describeCommit,
    });
    this.#dependencies.reporter.report(gitSync, summary, { tookMs: this.#dependencies.nowMs() - startedAtMs, isNews });
    state.look = { ask: askOf(gitSync), summary };
    this.#dependencies.onLooked(state);
    this.#followApproval(gitSync, summary);
    const outcome = planNextLook(this.#dependencies, { gitSync, state, summary });
    // Which objects there are is stored, so nobody waits for what is known of many: a crash costs a no-op apply for each. A failure is met again, and told.
    const retry = (error: unknown): Outcome => ({ kind: 'retry', error });
    return this.#dependencies.store.saveDue(state).then(() => outcome, retry);
  }

  /** What everything else stands on: the finalizer, the inventory, the cluster. Null when all of it is there. */
  async #begin(gitSync: GitSync, state: SyncState, signal: AbortSignal): Promise<SyncRefusal | null> {
    const { store, reach } = this.#dependencies;
    try {
      await addFinalizer(this.#dependencies, gitSync);
      await store.load(state);
    } catch (error) {
      signal.throwIfAborted();
      return toRefusal(error);
    }
    return reach(gitSync, state, signal);
  }

  /** The source is not looked at while there is nowhere to bring it, and all the more so afterwards. */
  #leave(gitSync: GitSync, refusal: SyncRefusal): TakenRevision {
    this.#dependencies.sources.doubt(requestOf(gitSync));
    return { revision: null, refusal, pin: 'none', describeCommit: null };
  }

  /** What Git wants, for the cluster that was reached. The controller's keys say nothing of those of another cluster. */
  #take(gitSync: GitSync, state: SyncState, signal: AbortSignal): Promise<TakenRevision> {
    const { sources, loadDigest, preflight, cache, nowMs, asks } = this.#dependencies;
    state.kinds = createServedKinds(state.reached.client);
    return takeRevision({
      findGitSync: (place) => cache.find(place),
      sources,
      loadDigest,
      preflight: state.reached.address === '' ? preflight : null,
      openRendering: () => this.#openRendering(gitSync, state),
      guardDeletions: (revision) => this.#guardDeletions({ gitSync, state, revision, signal }),
      gitSync,
      state,
      nowMs,
      askedAtMs: asks.sinceMs(gitSync),
      signal,
    });
  }

  /** Variables are read where the GitSync lives, and with no more rights there than its objects are written with. */
  async #openRendering(gitSync: GitSync, { reached }: SyncState): Promise<OpenRendering> {
    const { rendering, reporter } = this.#dependencies;
    const own = reached.address === '' ? { ...rendering, client: reached.client } : rendering;
    const opened = await openRendering(own, gitSync);
    const render: OpenRendering['render'] = (...words) => {
      reporter.rendered();
      return opened.render(...words);
    };
    return { ...opened, render };
  }

  #guardDeletions(input: Omit<GuardDeletionsInput, 'onApproved'>): Promise<void> {
    const onApproved = (hold: ApprovalHold) => this.#dependencies.reporter.approved(input.gitSync, hold);
    return guardDeletions(this.#dependencies, { ...input, onApproved });
  }

  /** What was approved in this round is carried out in the next one. */
  #followApproval(gitSync: GitSync, { enforced }: SyncSummary): void {
    if (enforced?.approval?.isAccepted !== true) return;
    this.#dependencies.reporter.approved(gitSync, enforced.approval);
    this.#dependencies.enqueue(requestOf(gitSync), 0);
  }

  /**
   * Where nothing but health is different since the last whole look, that alone is brought up to date, and Git and the plan are not
   * looked at. Null when there is more to do.
   */
  async #lookAtHealth(gitSync: GitSync, state: SyncState): Promise<Outcome | null> {
    const { schedule, nowMs, now, reporter } = this.#dependencies;
    const summary = state.look?.ask === askOf(gitSync) ? state.look.summary : null;
    const health = state.reportHealth(gitSync, nowMs());
    if (health === null || summary === null || schedule.leftMs(state.owner, nowMs()) <= 0) return null;
    if (summary.refusal !== null || !summary.enforced?.health) return null;
    // The next wave may come.
    if (summary.enforced.hold !== undefined && health.unhealthy.length === 0) return null;
    const quiet = withoutWrites({ ...summary, enforced: { ...summary.enforced, health } });
    const isNews = await this.#statuses.conclude(gitSync, state, {
      summary: quiet,
      startedAt: now(),
      describeCommit: null,
    });
    if (isNews) reporter.healthChanged(gitSync, quiet);
    return untilNextLook(this.#dependencies, state, health);
  }

  /** The revision in force, be it the wanted one or the one before. */
  async #enforce(gitSync: GitSync, state: SyncState, taken: TakenRevision, signal: AbortSignal): Promise<SyncSummary> {
    const { enforced: revision } = state;
    const summaryOf = (parts: Pick<SyncSummary, 'refusal' | 'enforced'>): SyncSummary => ({
      revision: taken.revision,
      objects: state.book.entries.size,
      ...(taken.pin === 'held' && gitSync.spec.pin !== undefined && { pin: gitSync.spec.pin }),
      ...parts,
    });
    if (revision === null) return summaryOf({ refusal: taken.refusal, enforced: null });
    const { skipped } = revision;
    const isOutdated = taken.refusal !== null;
    const onWork = async (): Promise<void> => {
      if (!isOutdated) await this.#statuses.announce(gitSync, revision.revision);
    };
    try {
      const enforced = await enforce(this.#dependencies, { gitSync, state, revision, isOutdated, signal, onWork });
      return { ...summaryOf({ refusal: taken.refusal, enforced }), skipped };
    } catch (error) {
      signal.throwIfAborted();
      return summaryOf({ refusal: taken.refusal ?? toRefusal(error), enforced: null });
    }
  }

  /** The reference went past what the pin was set against. */
  async #release(gitSync: GitSync, { revision }: TakenRevision): Promise<void> {
    await releasePin(this.#dependencies, gitSync);
    this.#dependencies.reporter.unpinned(gitSync, revision);
  }

  /** Its inventory is read all the same: others ask it whose an object is. */
  async #suspend(gitSync: GitSync, state: SyncState): Promise<Outcome> {
    state.stopWaiting();
    await this.#dependencies.store.load(state);
    await this.#statuses.write(gitSync, statusSuspended(gitSync, this.#dependencies.now()));
    return { kind: 'settled' };
  }

  async #delete(gitSync: GitSync, state: SyncState, signal: AbortSignal): Promise<Outcome> {
    state.stopWaiting();
    const progress = await finishDeletion(this.#dependencies, { gitSync, state, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      return interruptedDeletion(gitSync, state, toRefusal(error));
    });
    if (progress.kind === 'done') {
      this.#dependencies.states.forget(state.request);
      return { kind: 'settled' };
    }
    const { summary, message } = progress;
    await this.#statuses.write(gitSync, statusDeleting(gitSync, summary, message, this.#dependencies.now()));
    if (progress.kind === 'failed') return { kind: 'retry', error: new Error(message) };
    return { kind: 'again', afterMs: DELETION_POLL_MS };
  }
}

/** Until its inventory was read, what the status says of it. */
function countObjects({ status }: GitSync, { isLoaded, book }: SyncState): number {
  return isLoaded ? book.entries.size : (status?.inventory?.objects ?? 0);
}

function interruptedDeletion(gitSync: GitSync, state: SyncState, refusal: SyncRefusal): DeletionProgress {
  const summary = { revision: null, refusal, enforced: null, objects: countObjects(gitSync, state) };
  return { kind: 'failed', summary, message: `the deletion cannot go on: ${refusal.message}` };
}

/** Nothing of the revision was written, and so the one before stays the one that is kept. */
function isWhollyRefused({ refusal }: SyncSummary): boolean {
  return refusal?.reason === 'TooManyObjects' || refusal?.reason === 'Forbidden';
}
