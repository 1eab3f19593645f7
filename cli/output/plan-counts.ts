/** @module How many objects a preview speaks of, and whether it asks for attention; the same for every form of output. */
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';

/** Every kind of action, in the order in which they are counted. */
const PLAN_KINDS = ['create', 'update', 'recreate', 'prune', 'keep', 'conflict', 'failed', 'unchanged'] as const;

/** What asks for attention: everything but what is in place already and what stays on purpose. */
const FINDINGS: ReadonlySet<PlannedAction['kind']> = new Set([
  'create',
  'update',
  'recreate',
  'prune',
  'conflict',
  'failed',
]);

/** A preview, and what it is of. */
export interface Plan {
  /** `namespace/name` of the GitSync; null when there is none. */
  readonly gitSync: string | null;
  /** For people: `main@sha1:…`, or the folder. */
  readonly revision: string;
  readonly preview: SyncPreview;
}

/** True when the sync would do something, or could not. */
export function hasFindings(preview: SyncPreview): boolean {
  if (preview.refusal !== null || preview.approval !== undefined) return true;
  return preview.actions.some(({ kind }) => FINDINGS.has(kind));
}

/** The number of objects of each kind of action, zeros included. */
export function countActions({ actions }: SyncPreview): Readonly<Record<PlannedAction['kind'], number>> {
  const counts = { create: 0, update: 0, recreate: 0, prune: 0, keep: 0, conflict: 0, failed: 0, unchanged: 0 };
  for (const { kind } of actions) counts[kind] += 1;
  return counts;
}

/** How many objects of each kind: `2 create, 1 prune, 40 unchanged`. */
export function summarizePlan(preview: SyncPreview): string {
  const counts = countActions(preview);
  const parts = PLAN_KINDS.filter((kind) => counts[kind] > 0).map((kind) => `${counts[kind]} ${kind}`);
  return parts.length === 0 ? 'no objects' : parts.join(', ');
}

/** The actions that are worth a line: all but those of objects that are in place. */
export function shownActions({ actions }: SyncPreview): readonly PlannedAction[] {
  return actions.filter(({ kind }) => kind !== 'unchanged');
}

/** `deploy/cart.yaml:14`, or a dash for an object that left Git. */
export function placeOf({ origin }: PlannedAction): string {
  return origin === undefined ? '-' : `${origin.file}:${origin.line}`;
}
