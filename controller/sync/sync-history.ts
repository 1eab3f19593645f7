/**
 * @module Which syncs the history of a status remembers, and what of them. A revision that needs several rounds is one entry; a round
 * that finds everything in place, or repairs drift, is none.
 */
import { toKubeTime } from '../../shared/resources/conditions.ts';
import type { SyncHistoryEntry } from '../../shared/resources/git-sync.ts';
import { failuresOf, isSettled, type SyncSummary } from './sync-summary.ts';

/** Entries that a status holds. */
const MAX_HISTORY = 20;

/** The way of one revision into place under one generation of the GitSync, so far. */
export interface SyncAttempt {
  readonly revision: string;
  readonly generation: number;
  readonly startedAt: string;
  readonly created: number;
  readonly changed: number;
  readonly pruned: number;
  /** From then on nothing of it is news. */
  readonly isInPlace: boolean;
}

/** One reconcile, as the history sees it. */
export interface HistoryRound {
  readonly summary: SyncSummary;
  /** Reason of the Ready condition that it led to. */
  readonly result: string;
  readonly generation: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** What the status holds now. */
  readonly history: readonly SyncHistoryEntry[];
}

/** An attempt with what the history shall say of it; null when it says it already, or nothing. */
export interface AttemptStep {
  readonly attempt: SyncAttempt | null;
  readonly entry: SyncHistoryEntry | null;
}

/** Reasons under which everything was in place. */
const IN_PLACE: ReadonlySet<string> = new Set(['Applied', 'Pinned']);

/** `before` after one more round. After a restart it is taken up from the newest entry. */
export function continueAttempt(before: SyncAttempt | null, round: HistoryRound): AttemptStep {
  const { summary, generation, history } = round;
  const { revision } = summary;
  if (revision === null) return { attempt: before, entry: null };
  const [newest] = history;
  const known = isOf(before, revision, generation) ? before : attemptOf(newest);
  const current = isOf(known, revision, generation) ? known : startOf(round, revision);
  if (current.isInPlace) return { attempt: current, entry: null };
  const attempt = addRound(current, summary);
  // Waiting alone, as for health, is nothing to remember either.
  const isQuiet = countOf(attempt) === 0 && summary.refusal === null && failuresOf(summary).length === 0;
  const isNoNews = isQuiet && newest !== undefined && IN_PLACE.has(newest.result);
  return { attempt, entry: isNoNews ? null : entryOf(attempt, round) };
}

/** `history` with `entry` in front, in the place of an earlier state of the same attempt. */
export function addToHistory(
  history: readonly SyncHistoryEntry[],
  entry: SyncHistoryEntry,
): readonly SyncHistoryEntry[] {
  const [newest, ...older] = history;
  const rest = newest === undefined || isSameAttempt(newest, entry) ? older : history;
  return [entry, ...rest].slice(0, MAX_HISTORY);
}

/** True when the two tell of one attempt. */
export function isSameAttempt(
  a: Pick<SyncHistoryEntry, 'revision' | 'generation'>,
  b: Pick<SyncHistoryEntry, 'revision' | 'generation'>,
): boolean {
  return a.revision === b.revision && a.generation === b.generation;
}

function isOf(attempt: SyncAttempt | null, revision: string, generation: number): attempt is SyncAttempt {
  return attempt !== null && isSameAttempt(attempt, { revision, generation });
}

function attemptOf(entry: SyncHistoryEntry | undefined): SyncAttempt | null {
  if (entry === undefined) return null;
  const { revision, generation, startedAt, created, changed, pruned, result } = entry;
  return { revision, generation, startedAt, created, changed, pruned, isInPlace: IN_PLACE.has(result) };
}

function startOf({ generation, startedAt }: HistoryRound, revision: string): SyncAttempt {
  const none = { created: 0, changed: 0, pruned: 0, isInPlace: false };
  return { revision, generation, startedAt: toKubeTime(startedAt), ...none };
}

/** What is written while a revision is refused belongs to the one before it. */
function addRound(attempt: SyncAttempt, summary: SyncSummary): SyncAttempt {
  const { refusal, enforced } = summary;
  if (refusal !== null || enforced === null) return attempt;
  return {
    ...attempt,
    created: attempt.created + enforced.applied.created,
    changed: attempt.changed + enforced.applied.changed,
    pruned: attempt.pruned + enforced.pruned.deleted.length,
    isInPlace: isSettled(summary),
  };
}

function countOf({ created, changed, pruned }: SyncAttempt): number {
  return created + changed + pruned;
}

function entryOf(attempt: SyncAttempt, { summary, result, startedAt, endedAt }: HistoryRound): SyncHistoryEntry {
  const { isInPlace: _state, ...counts } = attempt;
  // An attempt that began in this round is timed to the millisecond.
  const isFirst = attempt.startedAt === toKubeTime(startedAt);
  const from = isFirst ? startedAt.getTime() : Date.parse(attempt.startedAt);
  const seconds = Math.max(0, endedAt.getTime() - from) / 1000;
  return { ...counts, duration: `${seconds.toFixed(3)}s`, failed: failuresOf(summary).length, result };
}
