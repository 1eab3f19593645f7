/** @module The preview of a sync as a person reads it. Values of Secrets arrive here masked. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { PlannedAction, SyncPreview } from '../../shared/sync/preview-sync.ts';
import type { FieldChange } from '../../shared/sync-plan/object-changes.ts';
import { formatTable } from './table.ts';

const KINDS = ['create', 'update', 'prune', 'keep', 'conflict', 'failed', 'unchanged'] as const;

/** What asks for attention: everything but what is in place already and what stays on purpose. */
const FINDINGS: ReadonlySet<PlannedAction['kind']> = new Set(['create', 'update', 'prune', 'conflict', 'failed']);

/** True when the sync would do something, or could not. */
export function hasFindings(preview: SyncPreview): boolean {
  return preview.refusal !== null || preview.actions.some(({ kind }) => FINDINGS.has(kind));
}

/** One row for each object that is not in place already, and below the rows each changed field; empty when all of it is. */
export function formatPlan(preview: SyncPreview): string {
  const shown = preview.actions.filter(({ kind }) => kind !== 'unchanged');
  if (shown.length === 0) return '';
  const rows = shown.map((action) => [
    action.kind,
    describeIdentity(action.identity),
    placeOf(action),
    action.reason ?? '',
  ]);
  return formatTable(['ACTION', 'OBJECT', 'FILE', 'REASON'], rows) + shown.map(formatChanges).join('');
}

/** How many objects of each kind: `2 create, 1 prune, 40 unchanged`. */
export function summarizePlan({ actions }: SyncPreview): string {
  const counts = KINDS.map((kind) => [actions.filter((action) => action.kind === kind).length, kind] as const);
  const parts = counts.filter(([amount]) => amount > 0).map(([amount, kind]) => `${amount} ${kind}`);
  return parts.length === 0 ? 'no objects' : parts.join(', ');
}

function placeOf({ origin }: PlannedAction): string {
  return origin === undefined ? '-' : `${origin.file}:${origin.line}`;
}

function formatChanges({ identity, changes = [] }: PlannedAction): string {
  if (changes.length === 0) return '';
  const lines = changes.map((change) => `  ${toPrintableLine(formatChange(change))}\n`);
  return `\n${toPrintableLine(describeIdentity(identity))}\n${lines.join('')}`;
}

function formatChange({ path, before, after }: FieldChange): string {
  if (before === undefined) return `+ ${path}: ${after ?? ''}`;
  return after === undefined ? `- ${path}: ${before}` : `~ ${path}: ${before} -> ${after}`;
}
