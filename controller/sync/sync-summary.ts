/** @module What one look at a GitSync came to, before it is put into words. */
import type { GitSyncPin, SyncFailure } from '../../shared/resources/git-sync.ts';
import type { ApplyReport, PruneReport, WaveHold } from '../../shared/sync/sync-reports.ts';
import type { ApprovalHold } from '../../shared/sync-plan/approvals.ts';
import type { SkippedFile } from '../../shared/sync-plan/file-tree.ts';
import { sortFailures } from '../../shared/sync-plan/sync-failure.ts';
import type { SyncRefusal } from '../git-syncs/sync-refusal.ts';
import type { DriftRecord } from '../keeping/drift-book.ts';
import type { HealthReport } from '../keeping/health-wait.ts';
import type { SecretsReport } from '../keeping/secrets-wait.ts';

/** What enforcing a revision came to. */
export interface EnforceReport {
  readonly applied: ApplyReport;
  readonly pruned: PruneReport;
  /** Objects that left Git and wait until everything else is in place. */
  readonly heldBack: number;
  /** It was suspended, deleted, or taken from its cluster or account on the way: what is left is no failure, and of no interest any more. */
  readonly isInterrupted?: true;
  /** What waits for somebody to approve it; absent for nothing. */
  readonly approval?: ApprovalHold;
  /** Where the waves stopped; absent when all were gone through. */
  readonly hold?: WaveHold;
  /** Workloads that wait for SealedSecrets, or have news of them; absent when none does. */
  readonly secrets?: Pick<SecretsReport, 'waiting' | 'leftMs'>;
  /** What differs from Git and is left so; absent for none. */
  readonly drifts?: readonly DriftRecord[];
  /** Milliseconds until a fight with another writer may have ended; absent while there is none. */
  readonly fightEndsInMs?: number;
  /** Objects that an annotation has left alone; absent for none. */
  readonly leftAlone?: readonly string[];
  /** Only of a GitSync that waits for health, and of the revision that it wants. */
  readonly health?: HealthReport;
}

/** The whole of one reconcile. */
export interface SyncSummary {
  /** What the reference named, as far as it could be asked. */
  readonly revision: string | null;
  /** Why that revision is not taken on; null when it is in force. */
  readonly refusal: SyncRefusal | null;
  /** Null when no revision is in force. */
  readonly enforced: EnforceReport | null;
  /** Manifests that were left out on purpose; absent when no revision is in force. */
  readonly skipped?: readonly SkippedFile[];
  /** The commit to which the GitSync is pinned, and the one at whose successor that ends; absent when it is not. */
  readonly pin?: GitSyncPin;
  /** Number of objects in the inventory. */
  readonly objects: number;
}

/** Every failure, in the order of the files. */
export function failuresOf({ refusal, enforced }: SyncSummary): readonly SyncFailure[] {
  const { applied, pruned } = enforced ?? {};
  return sortFailures([...(refusal?.failures ?? []), ...(applied?.failures ?? []), ...(pruned?.failures ?? [])]);
}

/** True when the revision is in force and nothing is left to do. */
export function isInPlace(summary: SyncSummary): boolean {
  return isApplied(summary) && summary.enforced?.approval === undefined;
}

/** True when the revision is in force and nothing is left to do but what somebody has to approve first. */
export function isApplied({ refusal, enforced }: SyncSummary): boolean {
  if (refusal !== null || enforced === null) return false;
  const { applied, pruned, secrets, hold } = enforced;
  const isComplete = applied.failures.length === 0 && secrets === undefined && hold === undefined;
  return isComplete && pruned.failures.length === 0 && pruned.waiting.length === 0;
}

/** True when the revision is in place, and healthy as far as that is waited for. */
export function isSettled(summary: SyncSummary): boolean {
  const { unhealthy = [] } = summary.enforced?.health ?? {};
  return isInPlace(summary) && unhealthy.length === 0;
}

/** True when anything in the cluster was written. */
export function hasWritten({ enforced }: SyncSummary): boolean {
  if (enforced === null) return false;
  const { applied, pruned } = enforced;
  return applied.created + applied.changed + pruned.deleted.length + pruned.released.length > 0;
}

/** `summary`, of which the writes were told before. */
export function withoutWrites(summary: SyncSummary): SyncSummary {
  if (summary.enforced === null) return summary;
  const { applied, pruned } = summary.enforced;
  const told = { applied: { ...applied, created: 0, changed: 0 }, pruned: { ...pruned, deleted: [], released: [] } };
  return { ...summary, enforced: { ...summary.enforced, ...told } };
}

/** `2 created, 1 changed, 3 pruned`; empty when nothing was written. */
export function describeWrites({ enforced }: SyncSummary): string {
  if (enforced === null) return '';
  const counts: readonly (readonly [number, string])[] = [
    [enforced.applied.created, 'created'],
    [enforced.applied.changed, 'changed'],
    [enforced.pruned.deleted.length, 'pruned'],
    [enforced.pruned.released.length, 'let go'],
  ];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}
