/** @module When a GitSync is looked at again, and what that depends on. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Outcome } from '../reconcile-loop/reconciler.ts';
import { intervalOf, retryIntervalOf } from './look-settings.ts';
import { problemOf } from './sync-reporter.ts';
import { isInPlace, type SyncSummary } from './sync-summary.ts';

/** What a look came to. */
export interface LookResult {
  readonly gitSync: GitSync;
  readonly summary: SyncSummary;
  /** The revision that could not be brought into place the last time; null when there was none. */
  readonly failing: string | null;
  readonly random: () => number;
}

/** What comes next. */
export interface NextLook {
  readonly outcome: Outcome;
  readonly failing: string | null;
  /** A look at the source that comes at the latest, whatever the backoff says; null when the outcome says it. */
  readonly pollMs: number | null;
}

/** Between two looks at a GitSync whose interval is none: what is in force is kept all the same. */
const FALLBACK_MS = 60_000;
/** How far from the interval a look at the source may be, either way, so that many GitSyncs spread out. */
const JITTER = 0.1;

/** What is tried again comes back with a backoff that begins anew with each revision; all else once per interval, or when told. */
export function decideOutcome({ gitSync, summary, failing, random }: LookResult): NextLook {
  const { refusal } = summary;
  const intervalMs = (intervalOf(gitSync) ?? FALLBACK_MS) * (1 - JITTER + 2 * JITTER * random());
  const isLeft = summary.enforced !== null && !isInPlace({ ...summary, refusal: null });
  if (refusal?.outlook === 'spec' && !isLeft) return calm({ kind: 'stalled', reason: refusal.reason });
  const hasFailed = isLeft && !isOnlyWaiting(summary);
  if (refusal?.outlook !== 'retry' && !hasFailed) return calm({ kind: 'again', afterMs: intervalMs });
  // Backoff grows beyond the interval, but a new commit that mends things is seen within it.
  return { ...tryAgain({ gitSync, summary, failing }), pollMs: intervalMs };
}

function calm(outcome: Outcome): NextLook {
  return { outcome, failing: null, pollMs: null };
}

function tryAgain({ gitSync, summary, failing }: Omit<LookResult, 'random'>): Omit<NextLook, 'pollMs'> {
  const revision = summary.revision ?? '';
  const error = new Error(problemOf(summary) ?? 'it is not in place yet');
  const atMostMs = retryIntervalOf(gitSync) ?? null;
  const isFresh = failing !== revision;
  return { outcome: { kind: 'retry', error, isFresh, ...(atMostMs !== null && { atMostMs }) }, failing: revision };
}

function isOnlyWaiting({ enforced }: SyncSummary): boolean {
  return enforced !== null && enforced.applied.failures.length === 0 && enforced.pruned.failures.length === 0;
}
