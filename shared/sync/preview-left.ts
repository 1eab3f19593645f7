/** @module What becomes of the objects that left Git, what the guard says of all of it, and what wants approval. */
import type { KubeKindList, KubeReader } from '../kube/client.ts';
import type { GitSync } from '../resources/git-sync.ts';
import { checkDeletions, checkGuard, type GuardInput } from '../sync-plan/guard.ts';
import type { PlannedAction } from './planned-action.ts';
import { type PreviewApproval, previewApproval, withApproval } from './preview-approval.ts';
import { type PrunePreviewInput, previewPrunes } from './preview-prune.ts';
import type { PreviewRefusal } from './preview-sealed.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What is looked at. */
export interface LeftPreviewInput extends PrunePreviewInput, Pick<GuardInput, 'wanted'> {
  readonly gitSync: GitSync;
  /** Full id of the commit; absent for files that are none. */
  readonly commit: string | undefined;
  /** Of what Git wants. */
  readonly actions: readonly PlannedAction[];
}

/** All actions, those of what Git wants first. */
export interface LeftPreview {
  readonly actions: readonly PlannedAction[];
  readonly refusal: PreviewRefusal | null;
  /** Absent when nothing wants approval. */
  readonly approval?: PreviewApproval;
}

/** Adds what would happen to the objects that left Git. @throws KubeError when discovery fails */
export async function previewLeft(
  client: KubeReader & KubeKindList,
  kinds: ServedKinds,
  input: LeftPreviewInput,
): Promise<LeftPreview> {
  const { gitSync, owner, commit, wanted, owned } = input;
  const { planned, actions: left } = await previewPrunes(client, kinds, input);
  const guarded = { wanted, owned, spec: gitSync.spec };
  const refusal = checkGuard(guarded) ?? checkDeletions(planned, guarded);
  const actions = [...input.actions, ...(isHeldBack(input.actions) ? left.map(holdBack) : left)];
  const approval = await previewApproval({ gitSync, owner, commit, refusal, planned, actions });
  if (approval === null) return { actions, refusal };
  return approval.isApproved ? { actions: actions.map(withApproval), refusal: null } : { actions, refusal, approval };
}

/** As the controller sees it: nothing is deleted before everything else is in place. */
function isHeldBack(actions: readonly PlannedAction[]): boolean {
  return actions.some(({ kind, approval }) => kind === 'failed' || kind === 'conflict' || approval !== undefined);
}

function holdBack(action: PlannedAction): PlannedAction {
  return action.kind === 'prune' ? { reason: 'once everything else is in place', ...action } : action;
}
