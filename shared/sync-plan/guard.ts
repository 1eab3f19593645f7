/** @module Refuses a plan that looks like a mistake, before its first write. */
import type { GitSyncSpec } from '../resources/git-sync.ts';
import type { OwnedObjects } from './inventory.ts';

/** Why a plan is refused: the reason of the Ready condition, and a sentence for people. */
export interface GuardRefusal {
  readonly reason: 'EmptyRender';
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
