/** @module The preview of a sync for programs: a stable form that docs/sync.md describes. Values of Secrets arrive here as digests. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import type { PlannedAction } from '../../shared/sync/planned-action.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { countActions, type Plan } from './plan-counts.ts';

/** Counts up when a field changes its meaning or goes; new fields may come at any time. */
const FORM = 1;

/** The plan as one JSON document. */
export function formatPlanJson({ gitSync, revision, preview }: Plan): string {
  const { actions, skipped, refusal } = preview;
  const counts = countActions(preview);
  const document = {
    form: FORM,
    gitSync,
    revision,
    counts,
    refusal,
    approval: toApproval(preview),
    actions: actions.map(toEntry),
    skipped,
  };
  return `${stringifyJson(document, 2)}\n`;
}

function toApproval({ approval }: SyncPreview): Readonly<Record<string, unknown>> | null {
  if (approval === undefined) return null;
  const { digest, command, items } = approval;
  return { digest, command, items };
}

function toEntry({
  kind,
  identity,
  origin,
  reason,
  notes,
  changes,
  diff,
}: PlannedAction): Readonly<Record<string, unknown>> {
  const { group, kind: objectKind, namespace, name } = identity;
  return {
    kind,
    identity: { group, kind: objectKind, namespace, name },
    ...(origin === undefined ? {} : { origin: { file: origin.file, line: origin.line } }),
    ...(reason === undefined ? {} : { reason }),
    ...(notes === undefined ? {} : { notes }),
    ...(changes === undefined ? {} : { changes }),
    ...(diff === undefined ? {} : { diff: diff.map((line) => `${line}\n`).join('') }),
  };
}
