/** @module Refuses a revision that would delete more than the guard allows, before anything of it is written. */
import { APPROVE_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, describeIdentity } from '../../shared/resources/object-meta.ts';
import { findLosses } from '../../shared/sync/find-losses.ts';
import { kindsOf } from '../../shared/sync/wanted-kinds.ts';
import { deletionItems } from '../../shared/sync-plan/approval.ts';
import type { ApprovalHold } from '../../shared/sync-plan/approvals.ts';
import { approveCommand } from '../../shared/sync-plan/approve-command.ts';
import { checkDeletions } from '../../shared/sync-plan/guard.ts';
import { type PlannedPrune, planPrune } from '../../shared/sync-plan/plan.ts';
import { protectPrunes } from '../../shared/sync-plan/protected-prunes.ts';
import { RefusedError, withHint } from '../git-syncs/sync-refusal.ts';
import type { EnforceDependencies, EnforceInput } from './enforce.ts';

/** What is looked at: a revision that is not in force yet. */
export type GuardDeletionsInput = Pick<EnforceInput, 'gitSync' | 'state' | 'revision' | 'signal'> & {
  /** Just this plan was approved. */
  readonly onApproved: (hold: ApprovalHold) => void;
};

/**
 * Resolves when the revision may be taken on. Asks nothing of the cluster while everything that is owned is wanted.
 * @throws RefusedError `TooManyDeletions`, or `ClusterUnavailable` while that cannot be told; KubeError
 */
export async function guardDeletions(
  dependencies: Pick<EnforceDependencies, 'controllerNamespace'>,
  input: GuardDeletionsInput,
): Promise<void> {
  const { gitSync, state, revision } = input;
  const { spec } = gitSync;
  const owned = state.book.entries;
  const isLeft = [...owned.keys()].some((key) => !revision.wanted.has(key));
  if (spec.prune !== true || !isLeft) return;
  const guarded = { wanted: revision.wanted.size + revision.unplaced.length, owned, spec };
  const planned = await planDeletions(dependencies, input);
  if (checkDeletions(planned.map(asDeletion), guarded) === null) return;
  assertReadable(planned);
  const losses = await findLosses({ client: state.reached.client, kinds: state.kinds }, planned);
  const kept = protectPrunes(planned, losses, () => false);
  const refusal = checkDeletions(kept, guarded);
  if (refusal === null) return;
  const approved = annotationOf(gitSync.metadata, APPROVE_ANNOTATION);
  state.approvals.begin(revision.commit, approved);
  const request = { owner: state.owner, commit: revision.commit, items: deletionItems(kept) };
  const hold = await state.approvals.settle(request, approved);
  if (hold === null) return;
  if (hold.isAccepted) input.onApproved(hold);
  if (approved === hold.digest) return;
  const message = withHint(refusal.message, `${refusal.hint}: ${approveCommand(gitSync, hold.digest)}`);
  throw new RefusedError({ reason: refusal.reason, outlook: 'poll', message, failures: [], approval: hold });
}

/** What cannot be looked at now would be deleted as soon as it can be, and nobody counts then. */
function asDeletion(item: PlannedPrune): Pick<PlannedPrune, 'identity' | 'decision'> {
  const unseen = { uid: '', resourceVersion: '', metadataDigest: '' };
  return item.decision.kind === 'unreadable' ? { ...item, decision: { kind: 'delete', ...unseen } } : item;
}

/** A plan is refused, or approved, as a whole. @throws RefusedError `ClusterUnavailable` */
function assertReadable(planned: readonly PlannedPrune[]): void {
  const unreadable = planned.filter(({ decision }) => decision.kind === 'unreadable');
  const [first] = unreadable;
  if (first === undefined) return;
  const more = unreadable.length > 1 ? ` and ${unreadable.length - 1} more` : '';
  const message = `nothing of the commit is applied: it may delete more than spec.guard.maxDeletions allows, and ${describeIdentity(first.identity)}${more}, which left Git, cannot be read now`;
  throw new RefusedError({ reason: 'ClusterUnavailable', outlook: 'retry', message, failures: [] });
}

async function planDeletions(
  { controllerNamespace }: Pick<EnforceDependencies, 'controllerNamespace'>,
  { state, revision, signal }: GuardDeletionsInput,
): Promise<readonly PlannedPrune[]> {
  const { hub } = state.reached;
  await hub.follow(state.owner, kindsOf(state.book.entries, revision.wanted.values()), signal);
  await hub.confirm(state.owner);
  return planPrune({
    owner: state.owner,
    gitSync: state.request,
    controllerNamespace,
    desired: [...revision.wanted.values()],
    owned: state.book.entries,
    live: hub,
    isPruning: true,
  });
}
