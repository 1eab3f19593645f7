/** @module Refuses a commit whole when SealedSecrets of it cannot be opened here: half of it would stand beside the Secrets of before. */
import type { SyncFailure } from '../../shared/resources/git-sync.ts';
import { type SealedPreflight, selectSealed } from '../../shared/sync/sealed-preflight.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { describeFailure, sortFailures } from '../../shared/sync-plan/sync-failure.ts';
import { RefusedError } from '../git-syncs/sync-refusal.ts';

/**
 * Returns when every SealedSecret of `wanted` opens, as far as `preflight` can tell.
 * @throws RefusedError `CannotUnseal`, or `ClusterUnavailable` while the keys are not known
 */
export async function assertUnsealable(
  preflight: SealedPreflight,
  wanted: Iterable<DesiredObject>,
  signal: AbortSignal,
): Promise<void> {
  const sealed = selectSealed(wanted);
  if (sealed.length === 0) return;
  const answer = await preflight.check(sealed, signal);
  signal.throwIfAborted();
  if (answer === null) throw keysUnknown();
  if (answer.failures.length > 0) throw cannotUnseal(sortFailures(answer.failures), answer.untried);
}

function cannotUnseal(failures: readonly SyncFailure[], untried: number): RefusedError {
  const [first] = failures;
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const left = untried === 0 ? '' : `; ${untried} further SealedSecrets were not tried`;
  const message = `nothing of the commit is applied: ${first ? describeFailure(first) : ''}${more}${left}`;
  return new RefusedError({ reason: 'CannotUnseal', outlook: 'poll', message, failures });
}

function keysUnknown(): RefusedError {
  const message =
    'nothing of the commit is applied: the sealing keys are not loaded yet, so that nobody can tell whether its SealedSecrets open';
  return new RefusedError({ reason: 'ClusterUnavailable', outlook: 'retry', message, failures: [] });
}
