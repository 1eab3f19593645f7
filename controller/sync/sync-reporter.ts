/** @module Says what came of a sync, beside the status: one log line, the metrics, and an event when there is news. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { listSome } from '../../shared/encoding/list-some.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { describeIdentity, placeKey } from '../../shared/resources/object-meta.ts';
import type { ApprovalItem } from '../../shared/sync-plan/approval.ts';
import type { ApprovalHold } from '../../shared/sync-plan/approvals.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { describeOrigin } from '../../shared/sync-plan/rendered-object.ts';
import { describeFailure } from '../../shared/sync-plan/sync-failure.ts';
import { unhonouredAnnotations } from '../../shared/sync-plan/unhonoured.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { GitSyncCache } from '../git-syncs/git-sync-cache.ts';
import type { ConditionReason } from '../git-syncs/reasons.ts';
import type { DriftRecord } from '../keeping/drift-book.ts';
import type { Repair } from '../keeping/object-keeper.ts';
import type { Logger } from '../logging/logger.ts';
import type { SyncMetrics, SyncResult } from '../metrics/sync-metrics.ts';
import { describeApprover } from './approver.ts';
import { healthyCondition } from './judge-health.ts';
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

  /** The files of a revision are about to be rendered. */
  rendered(): void {
    this.#dependencies.metrics.rendered();
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
    if (isNews) this.#tellHealth(gitSync, summary);
  }

  /** A sync of `gitSync` was given up on the way, since somebody suspended or deleted it: what it wrote is told, and nothing else. */
  interrupted(gitSync: GitSync, { enforced }: SyncSummary): void {
    const { created = 0, changed = 0 } = enforced?.applied ?? {};
    this.#dependencies.metrics.written(created + changed, 0);
    this.#dependencies.logger.info({ gitSync: placeKey(gitSync.metadata), created, changed }, 'sync interrupted');
  }

  /** The health of what was applied is another one than the status said. */
  healthChanged(gitSync: GitSync, summary: SyncSummary): void {
    const { reason, message } = healthyCondition(summary);
    this.#dependencies.logger.info({ gitSync: placeKey(gitSync.metadata), reason, health: message }, 'health changed');
    this.#tellHealth(gitSync, summary);
  }

  /** A revision was taken on whose objects ask for what Signet does not do. */
  unhonoured(gitSync: GitSync, objects: Iterable<DesiredObject>): void {
    const notes = Array.from(objects, ({ identity, object, origin }) =>
      unhonouredAnnotations(object.metadata).map(
        (note) => `${describeOrigin(origin)}: ${describeIdentity(identity)} ${note}`,
      ),
    ).flat();
    if (notes.length === 0) return;
    const message = listSome(notes);
    this.#dependencies.events.record({ regarding: gitSync, type: 'Warning', reason: 'NotHonoured', message });
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

  /** Somebody approved the deletions of one plan. */
  approved(gitSync: GitSync, hold: ApprovalHold): void {
    const { metadata } = gitSync;
    const by = describeApprover(metadata);
    const names = hold.items.map(({ action, identity }) => `${action.toLowerCase()} ${describeIdentity(identity)}`);
    const fields = { gitSync: hold.owner, digest: hold.digest, commit: hold.commit, by, items: names.length };
    this.#dependencies.logger.info(fields, 'plan approved');
    const message = `plan ${hold.digest} of commit ${hold.commit.slice(0, 12)} was approved by ${by}: ${listSome(names)}`;
    this.#dependencies.events.record({ regarding: gitSync, type: 'Normal', reason: 'Approved', message });
  }

  /** An object that could not be changed in place was deleted and made anew. */
  recreated(state: SyncState, { identity, reason = '' }: ApprovalItem): void {
    const object = describeIdentity(identity);
    this.#dependencies.logger.info({ gitSync: state.owner, object, reason }, 'recreated');
    this.#record(state, 'Normal', 'Recreated', `deleted ${object} and made it anew: it ${reason}`);
  }

  /** An object differs from Git and is left so, on request or because somebody keeps changing it back. */
  drifted(state: SyncState, { desired, state: kind, message: what }: DriftRecord): void {
    const { metrics, logger } = this.#dependencies;
    const object = describeIdentity(desired.identity);
    const fields = { gitSync: state.owner, object, drift: what };
    const isContested = kind === 'Contested';
    if (isContested) metrics.driftContested();
    else metrics.driftReported();
    logger.warn(fields, isContested ? 'drift keeps coming back' : 'drift reported');
    this.#record(state, 'Warning', isContested ? 'DriftContested' : 'DriftReported', `${object} ${what}`);
  }

  /** Others that apply the object, too, lost fields to what Git wants. */
  taken(state: SyncState, { identity }: DesiredObject, managers: readonly string[]): void {
    const object = describeIdentity(identity);
    this.#dependencies.logger.info({ gitSync: state.owner, object, managers: managers.join(', ') }, 'fields taken');
    const message = `${object} lost fields that ${managers.join(', ')} applies, too: what Git wants is applied with force`;
    this.#record(state, 'Warning', 'FieldsTaken', message);
  }

  /** The object is as Git has it again, or nobody wants to know. */
  settled(state: SyncState, { desired }: DriftRecord): void {
    this.#dependencies.logger.info({ gitSync: state.owner, object: describeIdentity(desired.identity) }, 'drift ended');
  }

  /** A pin was let go, since the reference names the newer `revision`. */
  unpinned(gitSync: GitSync, revision: string | null): void {
    const { metadata, spec } = gitSync;
    const commit = spec.pin?.commit;
    const fields = {
      gitSync: placeKey(metadata),
      commit,
      revision: revision ?? undefined,
    };
    this.#dependencies.logger.info(fields, 'pin let go');
    const message = `the pin to ${commit ?? ''} is let go: ${revision ?? 'the reference'} is newer than what it was set against`;
    this.#dependencies.events.record({ regarding: gitSync, type: 'Normal', reason: 'Unpinned', message });
  }

  /** Objects stay behind in a cluster, and nobody looks after them any more; `why` is what kept them or where they are. */
  leftBehind(gitSync: GitSync, objects: number, why: string): void {
    this.#dependencies.logger.warn({ gitSync: placeKey(gitSync.metadata), objects, why }, 'objects stay behind');
    const message = `nobody owns what stays behind from now on (${countOf(objects, 'object')}): ${why}`;
    this.#dependencies.events.record({ regarding: gitSync, type: 'Warning', reason: 'LeftBehind', message });
  }

  /** A GitSync is deleted, and these objects of it stay on purpose. */
  letGo(gitSync: GitSync, released: readonly string[]): void {
    this.#dependencies.logger.info(
      { gitSync: placeKey(gitSync.metadata), objects: listSome(released) },
      'objects stay behind',
    );
    const message = `the GitSync is deleted, and these stay in the cluster: ${listSome(released)}`;
    this.#dependencies.events.record({ regarding: gitSync, type: 'Normal', reason: 'Kept', message });
  }

  #log(gitSync: GitSync, summary: SyncSummary, tookMs: number): void {
    const { created, changed } = summary.enforced?.applied ?? {};
    const fields = {
      gitSync: placeKey(gitSync.metadata),
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

  /** What is only waited for is in the status. */
  #tellHealth(gitSync: GitSync, summary: SyncSummary): void {
    const { status, reason, message } = healthyCondition(summary);
    if (summary.enforced?.health === undefined || status === 'Unknown') return;
    const type = status === 'True' ? 'Normal' : 'Warning';
    this.#dependencies.events.record({ regarding: gitSync, type, reason, message });
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
