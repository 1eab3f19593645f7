/** @module What of a previewed sync wants approval, under the digest that the controller will compute of it. */
import type { GitSync } from '../resources/git-sync.ts';
import { APPROVE_ANNOTATION } from '../resources/names.ts';
import { annotationOf } from '../resources/object-meta.ts';
import { type ApprovalItem, deletionItems, digestApproval } from '../sync-plan/approval.ts';
import { approveCommand } from '../sync-plan/approve-command.ts';
import type { GuardRefusal } from '../sync-plan/guard.ts';
import type { PlannedPrune } from '../sync-plan/plan.ts';
import type { PlannedAction } from './planned-action.ts';

/** What wants approval before it is done. */
export interface PreviewApproval {
  readonly items: readonly ApprovalItem[];
  /** Null for files that are no commit: nobody can approve those. */
  readonly digest: string | null;
  /** The whole command; null beside a digest that is. */
  readonly command: string | null;
  /** Just this was approved already. */
  readonly isApproved: boolean;
}

/** What is looked at. */
export interface ApprovalPreviewInput {
  readonly gitSync: GitSync;
  readonly owner: string;
  /** Full id; undefined for files that are no commit. */
  readonly commit: string | undefined;
  readonly refusal: GuardRefusal | null;
  readonly planned: readonly PlannedPrune[];
  readonly actions: readonly PlannedAction[];
}

/** Null when nothing wants approval. A plan that is refused for its deletions is approved as a whole, and before what it would make anew. */
export async function previewApproval(input: ApprovalPreviewInput): Promise<PreviewApproval | null> {
  const { gitSync, owner, commit, refusal, planned, actions } = input;
  const items =
    refusal?.reason === 'TooManyDeletions' ? deletionItems(planned) : actions.flatMap(({ approval }) => approval ?? []);
  if (items.length === 0 || refusal?.reason === 'EmptyRender') return null;
  if (commit === undefined) return { items, digest: null, command: null, isApproved: false };
  const digest = await digestApproval({ owner, commit, items });
  const isApproved = annotationOf(gitSync.metadata, APPROVE_ANNOTATION) === digest;
  return { items, digest, command: approveCommand(gitSync, digest), isApproved };
}

/** `action` once what it wants was approved. */
export function withApproval(action: PlannedAction): PlannedAction {
  const { approval, reason: _reason, ...rest } = action;
  if (approval === undefined) return action;
  return { ...rest, kind: approval.action === 'Delete' ? 'prune' : 'recreate', reason: 'it is approved' };
}
