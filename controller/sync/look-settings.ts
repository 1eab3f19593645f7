/** @module The settings of a GitSync that every look goes by. They are checked here once more: an older resource definition may have let anything in. */
import { LONGEST_DURATION, parseDuration } from '../../shared/resources/duration.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { ignoreDifferencesProblem } from '../../shared/sync-plan/object-rules.ts';
import { RefusedError } from '../git-syncs/sync-refusal.ts';

const DEFAULT_INTERVAL = '1m';
const MIN_INTERVAL_MS = 1_000;

/** Returns when a look can go by them. @throws RefusedError `SpecInvalid` */
export function assertSettings(gitSync: GitSync): void {
  const { timeout, retryInterval } = gitSync.spec;
  if (timeout !== undefined && parseDuration(timeout) === null) throw notUsable('timeout', timeout);
  if (retryIntervalOf(gitSync) === null) throw notUsable('retryInterval', retryInterval);
  if (intervalOf(gitSync) === null) throw notUsable('interval', gitSync.spec.interval);
  const message = ignoreDifferencesProblem(gitSync.spec);
  if (message !== null) throw new RefusedError({ reason: 'SpecInvalid', outlook: 'spec', message, failures: [] });
}

/** Milliseconds between two looks at the source; null for text that is no duration above zero. */
export function intervalOf({ spec }: GitSync): number | null {
  const interval = parseDuration(spec.interval ?? DEFAULT_INTERVAL);
  return interval === null ? null : Math.max(MIN_INTERVAL_MS, interval);
}

/** Longest wait, in milliseconds, between two tries of what failed; undefined where it is not said, null for text that is no duration. */
export function retryIntervalOf({ spec }: GitSync): number | undefined | null {
  if (spec.retryInterval === undefined) return undefined;
  const interval = parseDuration(spec.retryInterval);
  return interval === null ? null : Math.max(MIN_INTERVAL_MS, interval);
}

function notUsable(field: string, value: string | undefined): RefusedError {
  const message = `spec.${field} ${JSON.stringify(value)} is not usable; write a duration above zero, such as 30s or 1m30s, of at most ${LONGEST_DURATION}`;
  return new RefusedError({ reason: 'SpecInvalid', outlook: 'spec', message, failures: [] });
}
