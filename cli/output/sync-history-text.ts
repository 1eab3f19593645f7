/** @module What the history of a GitSync says, as a person reads it. */
import type { GitSync, SyncHistoryEntry } from '../../shared/resources/git-sync.ts';
import { shortRevision } from './sync-status-text.ts';
import { formatTable } from './table.ts';

const HEADER = ['STARTED', 'REVISION', 'TOOK', 'CREATED', 'CHANGED', 'PRUNED', 'FAILED', 'RESULT', 'AUTHOR', 'SUBJECT'];

/** One row for each entry, the newest first. */
export function formatSyncHistory(history: readonly SyncHistoryEntry[]): string {
  return formatTable(HEADER, history.map(cellsOf));
}

/** The history in the status of `sync`; empty when there is none yet. */
export function historyOf(sync: GitSync): readonly SyncHistoryEntry[] {
  return sync.status?.history ?? [];
}

function cellsOf(entry: SyncHistoryEntry): readonly string[] {
  const counts = [entry.created, entry.changed, entry.pruned, entry.failed].map(String);
  const words = [entry.author ?? '-', entry.subject ?? '-'];
  return [entry.startedAt, shortRevision(entry.revision), entry.duration, ...counts, entry.result, ...words];
}
