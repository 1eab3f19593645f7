/** @module What a run did, as a table and as JSON. No form holds a value of an object. */
import { stringifyJson } from '../../shared/encoding/json.ts';
import type { SyncFailure } from '../../shared/resources/git-sync.ts';
import { describeIdentity } from '../../shared/resources/object-meta.ts';
import type { FinishedRun, SyncRun } from '../../shared/sync/run-sync.ts';
import { formatTable } from './table.ts';

/** What became of one object, or of a place in a file. */
export interface RunRow {
  readonly action: 'created' | 'changed' | 'unchanged' | 'pruned' | 'kept' | 'terminating' | 'unhealthy' | 'failed';
  /** `Kind namespace/name`. */
  readonly object: string;
  readonly file?: string;
  readonly line?: number;
  readonly reason?: string;
}

/** Counts up when a field changes its meaning or goes; new fields may come at any time. */
const FORM = 1;

/** Every object of the run: what was applied in the order of the files, what left Git, and what failed. */
function rowsOf(run: SyncRun): readonly RunRow[] {
  if (run.kind === 'refused') return run.failures.map((failure) => failureRow('failed', failure));
  const { applied, pruned, kept, failures, unhealthy } = run;
  const withReason = (text: string) => /^(.*?) \((.*)\)$/s.exec(text) ?? [text, text];
  return [
    ...applied.map(({ desired: { identity, origin }, action }): RunRow => {
      const { file, line } = origin;
      return { action, object: describeIdentity(identity), file, line };
    }),
    ...pruned.deleted.map((object): RunRow => ({ action: 'pruned', object })),
    ...pruned.waiting.map(withReason).map(([, object = '', reason]): RunRow => {
      return { action: 'terminating', object, ...(reason !== undefined && { reason }) };
    }),
    ...pruned.released
      .map(withReason)
      .map(([, object = '', reason = '']): RunRow => ({ action: 'kept', object, reason })),
    ...kept.map(({ identity, reason = '' }): RunRow => {
      return {
        action: 'kept',
        object: describeIdentity(identity),
        reason: `a controller may delete it once that is approved: ${reason}`,
      };
    }),
    ...unhealthy.map((failure) => failureRow('unhealthy', failure)),
    ...[...failures, ...pruned.failures].map((failure) => failureRow('failed', failure)),
  ];
}

/** A row for each object. */
export function formatRun(run: SyncRun): string {
  const rows = rowsOf(run);
  if (rows.length === 0) return '';
  const cells = rows.map(({ action, object, file, line, reason = '' }) => {
    const place = file === undefined ? '-' : `${file}${line === undefined ? '' : `:${line}`}`;
    return [action, object, place, reason];
  });
  return formatTable(['ACTION', 'OBJECT', 'FILE', 'REASON'], cells);
}

/** One document, in the form that docs/sync.md describes. */
export function formatRunJson(run: SyncRun, gitSync: string, revision: string): string {
  const refusal = run.kind === 'refused' ? { reason: run.reason, message: run.message } : null;
  const heldBack = run.kind === 'refused' ? 0 : run.heldBack;
  return `${stringifyJson({ form: FORM, gitSync, revision, refusal, heldBack, objects: rowsOf(run) }, 2)}\n`;
}

/** `2 created, 1 pruned, 40 unchanged`. */
export function summarizeRun(run: FinishedRun): string {
  const counts = new Map<string, number>();
  for (const { action } of rowsOf(run)) counts.set(action, (counts.get(action) ?? 0) + 1);
  const parts = [...counts].map(([action, count]) => `${count} ${action}`);
  if (run.heldBack > 0) parts.push(`${run.heldBack} to prune once everything else is in place`);
  return parts.length === 0 ? 'no objects' : parts.join(', ');
}

function failureRow(action: 'failed' | 'unhealthy', failure: SyncFailure): RunRow {
  const { kind, namespace, name, file, line, message } = failure;
  const object = `${kind}${name === undefined ? '' : ` ${namespace === undefined ? '' : `${namespace}/`}${name}`}`;
  return { action, object, ...(file !== undefined && { file }), ...(line !== undefined && { line }), reason: message };
}
