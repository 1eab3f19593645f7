/** @module What the deletions of one GitSync would take along, as it was found out last: to find out is to list every kind of a namespace. */
import { isUntold } from '../../shared/sync/find-losses.ts';
import type { PlannedPrune } from '../../shared/sync-plan/plan.ts';
import { type LossFinder, lossKindOf } from '../../shared/sync-plan/protected-prunes.ts';

/** One look at the deletions of a plan. */
export interface LossLook {
  /** What was asked for; for anything else, what was found does not count. */
  readonly ask: string;
  readonly planned: readonly PlannedPrune[];
  /** On a clock that never goes back. */
  readonly nowMs: number;
}

/** A namespace that is kept is looked into this often where nobody asks. */
const KEPT_FOR_MS = 10 * 60_000;

/** Remembers losses alone: that nothing would be lost is true for one moment, and never remembered. */
export class KnownLosses {
  #known: { readonly id: string; readonly atMs: number; readonly lossOf: LossFinder } | null = null;

  /** What was found for the same deletions lately, or what `find` finds now. */
  async find({ ask, planned, nowMs }: LossLook, find: () => Promise<LossFinder>): Promise<LossFinder> {
    const uids = planned.flatMap(({ decision }) => (decision.kind === 'delete' ? [decision.uid] : []));
    const id = JSON.stringify([ask, uids.sort()]);
    if (this.#known?.id === id && nowMs - this.#known.atMs < KEPT_FOR_MS) return this.#known.lossOf;
    const lossOf = await find();
    const isKept = planned.every((item) => isWithoutContent(item) || isLoss(item, lossOf));
    this.#known = isKept ? { id, atMs: nowMs, lossOf } : null;
    return lossOf;
  }
}

function isWithoutContent({ identity, decision }: PlannedPrune): boolean {
  const kind = lossKindOf(identity);
  return decision.kind !== 'delete' || kind === null || kind === 'always';
}

function isLoss(item: PlannedPrune, lossOf: LossFinder): boolean {
  const loss = item.decision.kind === 'delete' ? lossOf(item, item.decision.uid) : null;
  return loss !== null && !isUntold(loss);
}
