/** @module Adds a sync to the history of a status: what it did, and what its commit says of itself. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import type { CommitDescription } from '../../shared/git/read-commit.ts';
import { conditionOf } from '../../shared/resources/conditions.ts';
import type { GitSync, GitSyncStatus, SyncHistoryEntry } from '../../shared/resources/git-sync.ts';
import { addToHistory, continueAttempt, isSameAttempt, type SyncAttempt } from './sync-history.ts';
import type { SyncSummary } from './sync-summary.ts';

/** One reconcile that came to an end. */
export interface RecordedRound {
  /** With the status as it is known now. */
  readonly gitSync: GitSync;
  /** The status that the round led to. */
  readonly status: GitSyncStatus;
  readonly summary: SyncSummary;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Reads the commit of the summary; null when the source could not be opened. */
  readonly describeCommit: (() => Promise<CommitDescription>) | null;
}

/** A status with its history, and the attempt to remember once it was written. */
export interface RecordedHistory {
  readonly status: GitSyncStatus;
  readonly attempt: SyncAttempt | null;
}

/** `round.status` with a history when that has news. The commit is read once for each entry; one that cannot be read goes without. */
export async function recordHistory(before: SyncAttempt | null, round: RecordedRound): Promise<RecordedHistory> {
  const { gitSync, status, summary, startedAt, endedAt } = round;
  const history = gitSync.status?.history ?? [];
  const result = conditionOf({ status }, 'Ready')?.reason ?? '';
  const generation = gitSync.metadata.generation ?? 0;
  const step = continueAttempt(before, { summary, result, generation, startedAt, endedAt, history });
  if (step.entry === null) return { status, attempt: step.attempt };
  const words = await findWords(round, step.entry, history[0]);
  return { status: { ...status, history: addToHistory(history, { ...step.entry, ...words }) }, attempt: step.attempt };
}

async function findWords(
  { describeCommit }: RecordedRound,
  entry: SyncHistoryEntry,
  newest: SyncHistoryEntry | undefined,
): Promise<Pick<SyncHistoryEntry, 'subject' | 'author'>> {
  if (newest?.subject !== undefined && isSameAttempt(newest, entry)) {
    return { subject: newest.subject, ...(newest.author === undefined ? {} : { author: newest.author }) };
  }
  if (describeCommit === null) return {};
  try {
    const { subject, author } = await describeCommit();
    return { subject, author };
  } catch (error) {
    if (error instanceof CodedError) return {};
    throw error;
  }
}
