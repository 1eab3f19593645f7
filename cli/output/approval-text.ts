/** @module What wants approval, as a person reads it. */
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { ApprovalItem } from '../../shared/sync-plan/approval.ts';
import { formatTable } from './table.ts';

/** One row for each item. */
export function formatApprovalItems(items: readonly ApprovalItem[]): string {
  const rows = items.map(({ action, identity, reason }) => [
    action.toLowerCase(),
    describeIdentity(identity),
    reason ?? '',
  ]);
  return formatTable(['ACTION', 'OBJECT', 'REASON'], rows);
}
