/** @module What to do about one object that Git wants. */
import type { ObjectKey } from '../resources/object-meta.ts';
import type { DesiredObject } from './desired-object.ts';
import { isProven, type OwnedEntry } from './inventory.ts';
import type { LiveLookup } from './live-object.ts';

/**
 * Why an object is sent. `missing`: it was never there. `changed`: Git wants something else than before. `unproven`: it may be
 * right, but that was never seen (it existed before, or a run was cut off). `drifted`: somebody else changed or deleted it.
 */
export type ApplyCause = 'missing' | 'changed' | 'unproven' | 'drifted';

/**
 * What happens to a desired object. `conflict`: another GitSync owns it. `terminating`: it is being deleted and comes back when it
 * is gone. `unreadable`: its owner cannot be told now, so it is left alone.
 */
export type ApplyDecision =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'apply'; readonly cause: ApplyCause }
  | { readonly kind: 'conflict'; readonly owner: string }
  | { readonly kind: 'terminating' }
  | { readonly kind: 'unreadable' };

/** Whose plan it is. */
export interface OwnerContext {
  /** `namespace/name` of the GitSync. */
  readonly owner: string;
  /**
   * Whether the GitSync `namespace/name` really has the object in its inventory. An annotation alone proves nothing: it may be left
   * over, or written by somebody who wants the object left alone. When it cannot be told, the answer is yes.
   */
  readonly isOwnedBy: (owner: string, key: ObjectKey) => boolean;
}

/** The decision about `desired`, of which the inventory says `entry` and the cluster says `lookup`. */
export function decideApply(
  desired: DesiredObject,
  entry: OwnedEntry | undefined,
  lookup: LiveLookup,
  context: OwnerContext,
): ApplyDecision {
  if (lookup === 'unreadable') return { kind: 'unreadable' };
  if (lookup === 'absent' || lookup === 'unserved') return { kind: 'apply', cause: causeOfAbsence(desired, entry) };
  const { owner } = lookup;
  if (owner !== undefined && owner !== context.owner && context.isOwnedBy(owner, desired.key)) {
    return { kind: 'conflict', owner };
  }
  if (lookup.isTerminating) return { kind: 'terminating' };
  if (entry?.state !== 'applied' || entry.digest === undefined) return { kind: 'apply', cause: 'unproven' };
  if (isProven(entry, desired, lookup)) return { kind: 'unchanged' };
  return { kind: 'apply', cause: entry.digest === desired.digest ? 'drifted' : 'changed' };
}

function causeOfAbsence(desired: DesiredObject, entry: OwnedEntry | undefined): ApplyCause {
  return entry?.state === 'applied' && entry.digest === desired.digest ? 'drifted' : 'missing';
}
