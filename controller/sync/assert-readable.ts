/** @module Refuses a revision whole when the identity that acts for a GitSync may not even look at where its objects belong. */
import { objectFailure } from '../../shared/sync-plan/sync-failure.ts';
import type { TargetCluster } from '../clusters/target-cluster.ts';
import { RefusedError } from '../git-syncs/sync-refusal.ts';
import type { EnforcedRevision } from './sync-state.ts';

/**
 * Returns when every place of `revision` can be listed and watched, as far as rights go; kinds that are not served yet have no places.
 * @throws RefusedError `Forbidden`, which names the account, the verb and the resource
 */
export function assertReadable(
  { hub, isOwn, description }: TargetCluster,
  { wanted }: Pick<EnforcedRevision, 'wanted'>,
): void {
  if (isOwn) return;
  const failures = Array.from(wanted.values(), ({ identity, origin }) =>
    hub.isForbidden(identity) ? [objectFailure(identity, origin, hub.problemOf(identity) ?? 'may not be read')] : [],
  ).flat();
  const [first] = failures;
  if (first === undefined) return;
  const more = failures.length > 1 ? `; ${failures.length} objects are concerned` : '';
  const message = `nothing of the commit is applied to ${description}: ${first.message}${more}`;
  throw new RefusedError({ reason: 'Forbidden', outlook: 'retry', message, failures });
}
