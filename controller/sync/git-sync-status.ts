/**
 * @module The status of a GitSync, as a function of what happened. Its conditions read the same for kstatus and for people: Ready
 * says whether the revision is in place, Reconciling that the controller goes on by itself, Stalled that a change is needed.
 */
import { countOf } from '../../shared/encoding/count-of.ts';
import { listSome } from '../../shared/encoding/list-some.ts';
import { type ConditionChange, setConditions } from '../../shared/resources/conditions.ts';
import type { GitSync, GitSyncPin, GitSyncStatus } from '../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { toApprovalStatus } from '../../shared/sync-plan/approval-status.ts';
import { describeFailure } from '../../shared/sync-plan/sync-failure.ts';
import type { ConditionReason } from '../git-syncs/reasons.ts';
import { describeSource } from './check-history.ts';
import { withDrift } from './drift-status.ts';
import { judgeApproval } from './judge-approval.ts';
import { describeHold, healthyCondition, judgeHealth } from './judge-health.ts';
import type { ReadyVerdict } from './ready-verdict.ts';
import { type EnforceReport, failuresOf, isApplied, type SyncSummary } from './sync-summary.ts';

/** Failures that a status lists; its Ready message says how many there are. */
const MAX_FAILURES = 50;

const HEALTH_UNKNOWN: ConditionChange = { type: 'Healthy', status: 'Unknown', reason: 'Progressing', message: '' };

/** The status after a whole look at the GitSync. */
export function statusAfterSync(gitSync: GitSync, summary: SyncSummary, now: Date): GitSyncStatus {
  const failures = failuresOf(summary);
  const status = statusWith(gitSync, judge(gitSync, summary), now, healthyCondition(summary));
  return {
    ...withDrift(status, { gitSync, summary, now }),
    ...(summary.revision === null ? {} : { lastAttemptedRevision: summary.revision }),
    ...(summary.revision !== null && isApplied(summary)
      ? { lastAppliedRevision: summary.revision, lastAppliedSource: describeSource(gitSync) }
      : {}),
    inventory: { name: gitSync.metadata.name ?? '', objects: summary.objects },
    failures: failures.length === 0 ? null : failures.slice(0, MAX_FAILURES),
    ...describeApproval(gitSync, summary),
    ...describeUnhealthy(gitSync, summary),
  };
}

/** The status while a revision, or a new specification, is being brought into place. */
export function statusInProgress(gitSync: GitSync, revision: string, now: Date): GitSyncStatus {
  const message = `applying ${revision}`;
  const verdict = { ready: 'Unknown', reason: 'Progressing', message, isReconciling: true, isStalled: false } as const;
  // What was asked for is acknowledged when it is done.
  const { lastHandledReconcileAt: _later, ...status } = statusWith(gitSync, verdict, now);
  return { ...status, lastAttemptedRevision: revision };
}

/** The status of a suspended GitSync: Ready stays as it was, since nobody looks; work that was under way is not any more. */
export function statusSuspended(gitSync: GitSync, now: Date): GitSyncStatus {
  const current = gitSync.status?.conditions ?? [];
  const ready = current.find(({ type, reason }) => type === 'Ready' && reason !== 'Progressing');
  const message = 'suspended: nothing is applied, repaired or pruned';
  const changes: ConditionChange[] = [
    ready
      ? { type: 'Ready', status: ready.status, reason: ready.reason, message: ready.message }
      : { type: 'Ready', status: 'Unknown', reason: 'Suspended', message },
    { type: 'Reconciling', status: 'False', reason: 'Suspended', message },
    { type: 'Stalled', status: 'False', reason: 'Suspended', message: '' },
  ];
  return { ...acknowledged(gitSync), conditions: setConditions(current, changes, now) };
}

/** The status of a GitSync whose deletion waits for `message`. */
export function statusDeleting(gitSync: GitSync, summary: SyncSummary, message: string, now: Date): GitSyncStatus {
  const reason = summary.refusal?.reason ?? (failuresOf(summary).length > 0 ? 'PruneFailed' : 'Deleting');
  const verdict: ReadyVerdict = { ready: 'False', reason, message, isReconciling: true, isStalled: false };
  return { ...statusAfterSync(gitSync, summary, now), ...statusWith(gitSync, verdict, now) };
}

/** Said only where it is news or was: most GitSyncs do not wait for health. */
function describeUnhealthy({ status = {} }: GitSync, { enforced }: SyncSummary): Pick<GitSyncStatus, 'unhealthy'> {
  const { unhealthy = [] } = enforced?.health ?? {};
  if (unhealthy.length > 0) return { unhealthy: unhealthy.slice(0, MAX_FAILURES) };
  return status.unhealthy ? { unhealthy: null } : {};
}

/** Said only where it is news or was. */
function describeApproval(
  { status = {} }: GitSync,
  { refusal, enforced }: SyncSummary,
): Pick<GitSyncStatus, 'approval'> {
  const hold = refusal?.approval ?? enforced?.approval;
  // What was approved just now is not asked for again.
  if (hold === undefined || hold.isAccepted) return status.approval ? { approval: null } : {};
  return { approval: toApprovalStatus(hold) };
}

function statusWith(gitSync: GitSync, verdict: ReadyVerdict, now: Date, healthy = HEALTH_UNKNOWN): GitSyncStatus {
  const { ready, reason, message, isReconciling, isStalled } = verdict;
  const changes: ConditionChange[] = [
    { type: 'Ready', status: ready, reason, message },
    { type: 'Reconciling', status: isReconciling ? 'True' : 'False', reason, message: isReconciling ? message : '' },
    { type: 'Stalled', status: isStalled ? 'True' : 'False', reason, message: isStalled ? message : '' },
  ];
  const isWaiting = gitSync.spec.wait === true;
  const current = (gitSync.status?.conditions ?? []).filter(({ type }) => isWaiting || type !== healthy.type);
  const conditions = setConditions(current, isWaiting ? [...changes, healthy] : changes, now);
  return { ...acknowledged(gitSync), conditions };
}

function acknowledged({ metadata }: GitSync): GitSyncStatus {
  const requestedAt = annotationOf(metadata, RECONCILE_REQUESTED_ANNOTATION);
  return {
    observedGeneration: metadata.generation ?? 0,
    ...(requestedAt === undefined ? {} : { lastHandledReconcileAt: requestedAt }),
  };
}

function judge(gitSync: GitSync, summary: SyncSummary): ReadyVerdict {
  const { refusal, enforced } = summary;
  if (refusal !== null) {
    const isRetried = refusal.outlook === 'retry' || refusal.outlook === 'wait';
    return notReady(refusal.reason, refusal.message, { isReconciling: isRetried, isStalled: !isRetried });
  }
  const going = { isReconciling: true, isStalled: false };
  if (enforced === null) return notReady('Progressing', 'no revision is in force yet', going);
  const { applied, pruned, heldBack, hold } = enforced;
  const held = judgeApproval(gitSync, enforced);
  if (held !== null) return held;
  if (applied.failures.length > 0) {
    const left = heldBack === 0 ? '' : `; ${heldBack} that left the source will be pruned once the rest is in place`;
    return notReady('ApplyFailed', `${describeFailures(summary, 'applied')}${describeHold(hold)}${left}`, going);
  }
  if (pruned.failures.length > 0) return notReady('PruneFailed', describeFailures(summary, 'pruned'), going);
  if (pruned.waiting.length > 0) {
    return notReady('Pruning', `waiting until these are gone: ${listSome(pruned.waiting)}`, going);
  }
  return waitingForSecrets(enforced) ?? judgeHealth(enforced) ?? inPlace(summary);
}

function waitingForSecrets({ secrets, hold }: EnforceReport): ReadyVerdict | null {
  if (secrets === undefined) return null;
  const { waiting } = secrets;
  const [first] = waiting;
  const rest = waiting.length > 1 ? ` (and ${waiting.length - 1} more)` : '';
  const named = first === undefined ? 'waiting for SealedSecrets' : `${describeFailure(first)}${rest}`;
  const message = `${named}${describeHold(hold)}`;
  return { ready: 'Unknown', reason: 'WaitingForSecrets', message, isReconciling: true, isStalled: false };
}

function inPlace(summary: SyncSummary): ReadyVerdict {
  const objects = `${countOf(summary.objects, 'object')}${describeSkipped(summary)}${describeLeft(summary)}`;
  const { pin, revision } = summary;
  const message =
    pin === undefined
      ? `applied ${revision ?? 'the revision'}: ${objects}`
      : `pinned to ${revision ?? pin.commit}: ${objects}; ${describeEnd(pin)}`;
  const reason = pin === undefined ? 'Applied' : 'Pinned';
  return { ready: 'True', reason, message, isReconciling: false, isStalled: false };
}

function describeEnd({ until }: GitSyncPin): string {
  return until === undefined
    ? 'the pin holds until it is taken away'
    : `the pin is let go at a commit newer than ${until.slice(0, 12)}`;
}

function describeLeft({ enforced }: SyncSummary): string {
  const { drifts = [], leftAlone = [] } = enforced ?? {};
  const drifted = drifts.length === 0 ? '' : `; ${drifts.length} drifted and left so`;
  return leftAlone.length === 0 ? drifted : `${drifted}; left alone on request: ${listSome(leftAlone)}`;
}

function describeSkipped({ skipped = [] }: SyncSummary): string {
  return skipped.length === 0 ? '' : `; left out: ${listSome(skipped.map(({ file }) => file))}`;
}

function notReady(
  reason: ConditionReason,
  message: string,
  flags: Pick<ReadyVerdict, 'isReconciling' | 'isStalled'>,
): ReadyVerdict {
  return { ready: 'False', reason, message, ...flags };
}

function describeFailures(summary: SyncSummary, what: string): string {
  const failures = failuresOf(summary);
  const [first] = failures;
  const rest = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  return `${countOf(failures.length, 'object')} could not be ${what}: ${first ? describeFailure(first) : ''}${rest}`;
}
