/** @module Counts of what the sync engine does. */
import { Counter, Histogram, type Registry } from 'prom-client';

/** How a look at a GitSync ended: `applied` when something was written, `unchanged` when all was in place, else what went wrong. */
export type SyncResult = 'applied' | 'unchanged' | 'refused' | 'failed';

/** What the sync engine reports. */
export interface SyncMetrics {
  synced(result: SyncResult, seconds: number): void;
  /** The files of a revision were read and rendered. */
  rendered(): void;
  /** Objects that a sync created or changed, and that it deleted. */
  written(applied: number, pruned: number): void;
  /** A foreign change was undone. */
  driftRepaired(): void;
  /** A foreign change was found that is only told of. */
  driftReported(): void;
  /** A foreign change came back so often that repairs were slowed down. */
  driftContested(): void;
}

/** Sync metrics in `registry`. */
export function createSyncMetrics(registry: Registry): SyncMetrics {
  const registers = [registry];
  const duration = new Histogram({
    name: 'signet_sync_duration_seconds',
    help: 'Time of one look at a GitSync, by what came of it.',
    labelNames: ['result'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers,
  });
  const count = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const rendered = count('signet_sync_renders_total', 'Revisions that were rendered from their files.');
  const applied = count('signet_sync_objects_applied_total', 'Objects that syncs created or changed.');
  const pruned = count('signet_sync_objects_pruned_total', 'Objects that were deleted because they left Git.');
  const repaired = count('signet_sync_drift_repaired_total', 'Foreign changes that were undone.');
  const reported = count('signet_sync_drift_reported_total', 'Foreign changes that were found and left as they are.');
  const contested = count('signet_sync_drift_contested_total', 'Objects whose repairs were slowed down.');
  return {
    synced: (result, seconds) => duration.observe({ result }, seconds),
    rendered: () => rendered.inc(),
    written(appliedCount, prunedCount) {
      applied.inc(appliedCount);
      pruned.inc(prunedCount);
    },
    driftRepaired: () => repaired.inc(),
    driftReported: () => reported.inc(),
    driftContested: () => contested.inc(),
  };
}
