/** @module Refuses a plan that looks like a mistake, before its first write. */
import type { GitSyncSpec } from '../resources/git-sync.ts';
import { describeIdentity } from '../resources/object-meta.ts';
import { DEFAULT_MAX_DELETIONS, isOverLimit } from './deletion-limit.ts';
import type { OwnedObjects } from './inventory.ts';
import type { PlannedPrune } from './plan.ts';

/** Why a plan is refused: the reason of the Ready condition, and a sentence for people. */
export interface GuardRefusal {
  readonly reason: 'EmptyRender' | 'TooManyDeletions';
  readonly message: string;
  readonly hint: string;
}

/** What the guard looks at. */
export interface GuardInput {
  /** Number of objects that Git wants, whether or not they can be applied. */
  readonly wanted: number;
  readonly owned: OwnedObjects;
  readonly spec: Pick<GitSyncSpec, 'prune' | 'guard'>;
}

/** The refusal of a plan, or null when it may be carried out. */
export function checkGuard({ wanted, owned, spec }: GuardInput): GuardRefusal | null {
  const wouldEmpty = wanted === 0 && owned.size > 0 && spec.prune === true;
  if (!wouldEmpty || spec.guard?.allowEmpty === true) return null;
  return {
    reason: 'EmptyRender',
    message: `the source holds no objects, and pruning would delete all ${owned.size} objects of the inventory`,
    hint: 'set spec.guard.allowEmpty to true if that is meant',
  };
}

const MAX_EXAMPLES = 3;

/**
 * The refusal of a plan that deletes more of the inventory than `spec.guard.maxDeletions` allows, or null. What is gone already, let go or
 * protected is no deletion. An empty render that was allowed by name is not counted.
 */
export function checkDeletions(
  planned: readonly Pick<PlannedPrune, 'identity' | 'decision'>[],
  { wanted, owned, spec }: GuardInput,
): GuardRefusal | null {
  if (wanted === 0 && spec.guard?.allowEmpty === true) return null;
  const deleted = planned.filter(({ decision }) => decision.kind === 'delete');
  const limit = spec.guard?.maxDeletions;
  if (!isOverLimit(deleted.length, owned.size, limit)) return null;
  const examples = deleted.slice(0, MAX_EXAMPLES).map(({ identity }) => describeIdentity(identity));
  const more = deleted.length > MAX_EXAMPLES ? ', …' : '';
  const allowed = limit ?? DEFAULT_MAX_DELETIONS;
  return {
    reason: 'TooManyDeletions',
    message: `the plan would delete ${deleted.length} of the ${owned.size} objects of the inventory (${examples.join(', ')}${more}), and spec.guard.maxDeletions allows ${allowed}`,
    hint: 'approve this one plan, or raise spec.guard.maxDeletions if that is meant to hold for good',
  };
}
