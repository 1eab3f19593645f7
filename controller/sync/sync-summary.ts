/** @module What one look at a GitSync came to, before it is put into words. */
import type { SyncFailure } from '../../shared/resources/git-sync.ts';
import type { SkippedFile } from '../../shared/sync-plan/file-tree.ts';
import { sortFailures } from '../../shared/sync-plan/sync-failure.ts';
import type { ApplyReport } from './apply-plan.ts';
import type { PruneReport } from './prune-plan.ts';
import type { SyncRefusal } from './sync-refusal.ts';

/** What enforcing a revision came to. */
export interface EnforceReport {
  readonly applied: ApplyReport;
  readonly pruned: PruneReport;
  /** Objects that left Git and wait until everything else is in place. */
  readonly heldBack: number;
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
  /** Number of objects in the inventory. */
  readonly objects: number;
}

/** Every failure, in the order of the files. */
export function failuresOf({ refusal, enforced }: SyncSummary): readonly SyncFailure[] {
  const { applied, pruned } = enforced ?? {};
  return sortFailures([...(refusal?.failures ?? []), ...(applied?.failures ?? []), ...(pruned?.failures ?? [])]);
}

/** True when the revision is in force and nothing is left to do. */
export function isInPlace({ refusal, enforced }: SyncSummary): boolean {
  if (refusal !== null || enforced === null) return false;
  const { applied, pruned } = enforced;
  return applied.failures.length === 0 && pruned.failures.length === 0 && pruned.waiting.length === 0;
}

/** True when anything in the cluster was written. */
export function hasWritten({ enforced }: SyncSummary): boolean {
  if (enforced === null) return false;
  const { applied, pruned } = enforced;
  return applied.created + applied.changed + pruned.deleted.length + pruned.released.length > 0;
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
