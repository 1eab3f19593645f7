/** @module Refuses a run that would do harm, before its first write. */
import { APPROVE_ANNOTATION } from '../resources/names.ts';
import { annotationOf } from '../resources/object-meta.ts';
import { deletionItems, digestApproval } from '../sync-plan/approval.ts';
import { checkDeletions, checkGuard } from '../sync-plan/guard.ts';
import { type PlannedPrune, planPrune } from '../sync-plan/plan.ts';
import { protectPrunes } from '../sync-plan/protected-prunes.ts';
import { sortFailures } from '../sync-plan/sync-failure.ts';
import { findLosses } from './find-losses.ts';
import type { Run } from './prepare-run.ts';
import { checkReceipts } from './receipt-preflight.ts';
import { type RefusedRun, refused } from './refused-run.ts';
import { selectSealed } from './sealed-preflight.ts';

/** Whether SealedSecrets open, as receipts tell: private keys are not at hand. */
export async function refuseSealed({ wanted, input }: Run): Promise<RefusedRun | null> {
  if (input.keyList === null) return null;
  const { failures } = await checkReceipts(selectSealed(wanted.values()), input.keyList);
  // Where the controller looks at some namespaces only, the others are not its business.
  if (failures.length === 0 || input.keyList.partial !== undefined) return null;
  return refused('CannotUnseal', 'SealedSecrets cannot be unsealed in this cluster', sortFailures(failures));
}

/** What the guards of the GitSync say; a deletion that was approved for this commit passes. */
export async function refusePlan(run: Run): Promise<RefusedRun | null> {
  const { wanted, unplaced, inventory, input, planInput, owner } = run;
  const { gitSync, commit } = input;
  const guarded = { wanted: wanted.size + unplaced.length, owned: inventory.book.entries, spec: gitSync.spec };
  const empty = checkGuard(guarded);
  if (empty !== null) return refused(empty.reason, `${empty.message}; ${empty.hint}`, []);
  const planned = planPrune(planInput);
  if (checkDeletions(planned, guarded) === null) return null;
  const kept = await protectPlan(run, planned);
  const refusal = checkDeletions(kept, guarded);
  if (refusal === null) return null;
  const digest = await digestApproval({ owner, commit: commit ?? '', items: deletionItems(kept) });
  if (commit !== null && annotationOf(gitSync.metadata, APPROVE_ANNOTATION) === digest) return null;
  return refused(refusal.reason, `${refusal.message}; ${refusal.hint}`, []);
}

/** `planned` without what would take data along that is not in the plan itself. */
export async function protectPlan(
  { client, kinds }: Run,
  planned: readonly PlannedPrune[],
): Promise<readonly PlannedPrune[]> {
  return protectPrunes(planned, await findLosses({ client, kinds }, planned), () => false);
}
