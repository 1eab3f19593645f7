/** @module What wants approval as the status of a GitSync holds it, and back. */
import type { ApprovalStatus } from '../resources/git-sync.ts';
import { type ApprovalItem, MAX_REASON } from './approval.ts';
import type { ApprovalHold } from './approvals.ts';

/** Items that a status lists; every GitSync is held in memory by whoever watches them. */
const MAX_ITEMS = 100;

/** `hold` as it is stored. */
export function toApprovalStatus({ digest, commit, items }: ApprovalHold): ApprovalStatus {
  const listed = items.slice(0, MAX_ITEMS).map(({ action, identity, uid, reason }) => {
    const { group, kind, namespace, name } = identity;
    const why = reason !== undefined && reason.length > MAX_REASON ? `${reason.slice(0, MAX_REASON)}…` : reason;
    return { action, group, kind, namespace, name, uid, ...(why !== undefined && { reason: why }) };
  });
  return { digest, commit, items: listed, more: items.length - listed.length };
}

/** The listed items. */
export function itemsOfStatus({ items }: ApprovalStatus): readonly ApprovalItem[] {
  return items.map(({ action, group, kind, namespace, name, uid, reason }) => ({
    action,
    identity: { group, kind, namespace, name },
    uid,
    ...(reason !== undefined && { reason }),
  }));
}
