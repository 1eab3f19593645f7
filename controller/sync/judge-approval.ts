/** @module What the Ready condition says while something waits for approval. */
import { listSome } from '../../shared/encoding/list-some.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { ApprovalItem } from '../../shared/sync-plan/approval.ts';
import { approveCommand } from '../../shared/sync-plan/approve-command.ts';
import { describeHold } from './judge-health.ts';
import type { ReadyVerdict } from './ready-verdict.ts';
import type { EnforceReport } from './sync-summary.ts';

/** What is said of approvals; null when nothing wants one, or something that nobody can approve stands in the way as well. */
export function judgeApproval(
  gitSync: GitSync,
  { applied, pruned, approval, hold }: EnforceReport,
): ReadyVerdict | null {
  if (approval === undefined) return null;
  const { digest, items } = approval;
  if (approval.isAccepted) {
    const message = `plan ${digest} is approved and being carried out`;
    return { ready: 'Unknown', reason: 'Progressing', message, isReconciling: true, isStalled: false };
  }
  // Each of these is among the failures as well.
  const recreations = items.filter(({ action }) => action === 'Recreate').length;
  const others = applied.failures.length - recreations + pruned.failures.length + pruned.waiting.length;
  if (others > 0) return null;
  const message = `wants approval: ${listSome(items.map(describeItem))}${describeHold(hold)}; ${approveCommand(gitSync, digest)}`;
  return { ready: 'False', reason: 'ApprovalNeeded', message, isReconciling: false, isStalled: true };
}

function describeItem({ action, identity, reason }: ApprovalItem): string {
  const what = action === 'Recreate' ? 'recreation of' : 'deletion of';
  return `${what} ${describeIdentity(identity)}${reason === undefined ? '' : ` (${reason})`}`;
}
