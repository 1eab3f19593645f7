/** @module Says what came of a sync, beside the status: one log line, the metrics, and an event when there is news. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import { describeFailure } from '../../shared/sync-plan/sync-failure.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { Logger } from '../logging/logger.ts';
import type { SyncMetrics, SyncResult } from '../metrics/sync-metrics.ts';
import type { GitSyncCache } from './git-sync-cache.ts';
import { listSome } from './git-sync-status.ts';
import type { Repair } from './object-keeper.ts';
import type { ConditionReason } from './reasons.ts';
import type { SyncState } from './sync-state.ts';
import { describeWrites, failuresOf, hasWritten, isInPlace, type SyncSummary } from './sync-summary.ts';

/** What a reporter works with. */
export interface SyncReporterDependencies {
  readonly events: EventRecorder;
  readonly metrics: SyncMetrics;
  readonly logger: Logger;
  readonly cache: GitSyncCache;
}

/** Reports for all GitSyncs. */
export class SyncReporter {
  readonly #dependencies: SyncReporterDependencies;

  constructor(dependencies: SyncReporterDependencies) {
    this.#dependencies = dependencies;
  }

  /** One sync of `gitSync` ended after `tookMs`; a problem is told as an event when the status had it not yet. */
  report(gitSync: GitSync, summary: SyncSummary, { tookMs, isNews }: { tookMs: number; isNews: boolean }): void {
    const { metrics } = this.#dependencies;
    const { created = 0, changed = 0 } = summary.enforced?.applied ?? {};
    metrics.synced(resultOf(summary), tookMs / 1000);
    metrics.written(created + changed, summary.enforced?.pruned.deleted.length ?? 0);
    this.#log(gitSync, summary, tookMs);
    this.#tellWrites(gitSync, summary);
    if (isNews) this.#tellProblem(gitSync, summary);
  }

  /** A foreign change was undone. */
  repaired(state: SyncState, { desired, wasDeleted, manager }: Repair): void {
    const { metrics, logger } = this.#dependencies;
    metrics.driftRepaired();
    const object = describeIdentity(desired.identity);
    const what = wasDeleted
      ? 'it had been deleted'
      : `it had been changed${manager === undefined ? '' : ` by ${manager}`}`;
    logger.info({ gitSync: state.owner, object, wasDeleted, manager }, 'drift repaired');
    this.#record(state, 'Normal', 'DriftRepaired', `repaired ${object}: ${what}`);
  }

  /** Somebody else keeps changing an object back. */
  contested(state: SyncState, object: string): void {
    this.#dependencies.metrics.driftContested();
    this.#dependencies.logger.warn({ gitSync: state.owner, object }, 'drift keeps coming back');
    const message = `${object} keeps being changed by somebody else; from now on it is looked after once in ten seconds at most`;
    this.#record(state, 'Warning', 'DriftContested', message);
  }

  #log(gitSync: GitSync, summary: SyncSummary, tookMs: number): void {
    const { namespace, name } = gitSync.metadata;
    const { created, changed } = summary.enforced?.applied ?? {};
    const fields = {
      gitSync: `${namespace ?? ''}/${name ?? ''}`,
      revision: summary.revision ?? undefined,
      created,
      changed,
      pruned: summary.enforced?.pruned.deleted.length,
      failures: failuresOf(summary).length,
      refused: summary.refusal?.reason,
      tookMs: Math.round(tookMs),
    };
    const { logger } = this.#dependencies;
    if (isInPlace(summary) && !hasWritten(summary)) logger.debug(fields, 'nothing to sync');
    else if (summary.refusal === null) logger.info(fields, 'synced');
    else logger.info({ ...fields, error: summary.refusal.message }, 'refused');
  }

  #tellWrites(gitSync: GitSync, summary: SyncSummary): void {
    const { events } = this.#dependencies;
    const { released = [] } = summary.enforced?.pruned ?? {};
    if (hasWritten(summary)) {
      const message = `${summary.refusal === null ? `applied ${summary.revision ?? ''}` : 'kept the revision before'}: ${describeWrites(summary)}`;
      events.record({ regarding: gitSync, type: 'Normal', reason: 'Synced', message });
    }
    if (released.length > 0) {
      const message = `left the source, and stays in the cluster: ${listSome(released)}`;
      events.record({ regarding: gitSync, type: 'Normal', reason: 'Kept', message });
    }
  }

  #tellProblem(gitSync: GitSync, summary: SyncSummary): void {
    const problem = problemOf(summary);
    if (problem === null) return;
    const failed = summary.enforced?.applied.failures.length ? 'ApplyFailed' : 'PruneFailed';
    const reason: ConditionReason = summary.refusal?.reason ?? failed;
    this.#dependencies.events.record({ regarding: gitSync, type: 'Warning', reason, message: problem });
  }

  #record(state: SyncState, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const regarding = this.#dependencies.cache.find(state.request);
    if (regarding) this.#dependencies.events.record({ regarding, type, reason, message });
  }
}

/** What went wrong first, and how much else did; null when nothing did. */
export function problemOf(summary: SyncSummary): string | null {
  if (summary.refusal !== null) return summary.refusal.message;
  const [first, ...others] = failuresOf(summary);
  if (first === undefined) return null;
  return `${describeFailure(first)}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;
}

function resultOf(summary: SyncSummary): SyncResult {
  if (summary.refusal !== null) return 'refused';
  if (failuresOf(summary).length > 0) return 'failed';
  return hasWritten(summary) ? 'applied' : 'unchanged';
}
