/** @module Carries out what a plan says about objects that left Git, in the reverse of the order in which they were applied. */
import { describeError } from '../errors/describe-error.ts';
import type { SyncFailure } from '../resources/git-sync.ts';
import { describeIdentity, type ObjectIdentity } from '../resources/object-meta.ts';
import type { SeenObject } from '../sync-plan/decide-prune.ts';
import { terminatingEntry } from '../sync-plan/inventory.ts';
import { toPruneStages } from '../sync-plan/order.ts';
import type { PlannedPrune } from '../sync-plan/plan.ts';
import { objectFailure } from '../sync-plan/sync-failure.ts';
import { toPruneWaves } from '../sync-plan/waves.ts';
import type { InventoryBook } from './inventory-book.ts';
import { deleteOwned, type PruneDependencies, releaseOwned } from './prune.ts';
import { APPLY_CONCURRENCY, runLimited } from './run-limited.ts';
import type { ServedKinds } from './served-kinds.ts';
import type { PruneReport } from './sync-reports.ts';

/** What pruning takes. */
export interface PrunePlanOptions {
  readonly state: { readonly book: InventoryBook; readonly kinds: ServedKinds };
  readonly client: PruneDependencies['client'];
  readonly signal: AbortSignal;
}

interface MutableReport {
  readonly deleted: string[];
  readonly released: string[];
  readonly waiting: string[];
  readonly failures: SyncFailure[];
}

/** Carries out `planned`. An entry leaves the inventory only when its object is gone, let go, or not ours. */
export async function prunePlan(options: PrunePlanOptions, planned: readonly PlannedPrune[]): Promise<PruneReport> {
  const report: MutableReport = { deleted: [], released: [], waiting: [], failures: [] };
  for (const wave of toPruneWaves(planned)) {
    // What a lower wave has is what the higher ones stand on: they are gone first.
    if (report.waiting.length > 0 || report.failures.length > 0) break;
    await pruneWave(options, wave, report);
  }
  options.signal.throwIfAborted();
  return report;
}

async function pruneWave(
  options: PrunePlanOptions,
  planned: readonly PlannedPrune[],
  report: MutableReport,
): Promise<void> {
  for (const { items } of toPruneStages(planned)) {
    await runLimited(items, { limit: APPLY_CONCURRENCY, signal: options.signal }, async (item) => {
      try {
        await pruneOne(options, item, report);
      } catch (error) {
        report.failures.push(objectFailure(item.identity, undefined, describeError(error)));
      }
    });
  }
}

async function pruneOne(options: PrunePlanOptions, planned: PlannedPrune, report: MutableReport): Promise<void> {
  const { state } = options;
  const { key, entry, decision, identity } = planned;
  switch (decision.kind) {
    case 'keep':
    case 'protect':
    case 'unserved':
      return;
    case 'unreadable':
      report.failures.push(objectFailure(identity, undefined, `is left alone: ${decision.reason}`));
      return;
    case 'gone':
      state.book.delete(key);
      if (entry.state === 'terminating') report.deleted.push(describeIdentity(identity));
      return;
    case 'terminating':
      state.book.set(key, terminatingEntry(entry));
      report.waiting.push(describeWaiting(identity, decision.how));
      return;
    case 'forget':
      state.book.delete(key);
      report.released.push(`${describeIdentity(identity)} (${decision.reason})`);
      return;
    case 'release':
      await releaseOwned({ client: options.client, kinds: state.kinds }, entry);
      state.book.delete(key);
      report.released.push(`${describeIdentity(identity)} (${decision.reason})`);
      return;
    case 'delete':
      await deleteOne(options, planned, decision, report);
  }
}

/** An object that is on its way out, and what holds it as far as it is known. */
export function describeWaiting(identity: ObjectIdentity, how: string | undefined): string {
  return `${describeIdentity(identity)}${how === undefined ? '' : ` (${how})`}`;
}

async function deleteOne(
  { state, client }: PrunePlanOptions,
  { key, entry, identity }: PlannedPrune,
  seen: SeenObject,
  report: MutableReport,
): Promise<void> {
  const result = await deleteOwned({ client, kinds: state.kinds }, entry, seen);
  if (result === 'gone') {
    state.book.delete(key);
    report.deleted.push(describeIdentity(identity));
    return;
  }
  // Whatever stands there by now is looked at afresh the next time.
  if (result === 'terminating') state.book.set(key, terminatingEntry(entry));
  report.waiting.push(describeIdentity(identity));
}
