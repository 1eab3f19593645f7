/** @module What to do about one object that Git wants. */
import type { ObjectKey } from '../resources/object-meta.ts';
import { type DesiredObject, rulesFor } from './desired-object.ts';
import { isProven, type OwnedEntry } from './inventory.ts';
import type { LiveLookup, LiveObject } from './live-object.ts';
import type { DriftMode } from './object-rules.ts';

/**
 * Why an object is sent. `missing`: it was never there. `changed`: Git wants something else than before. `unproven`: it may be
 * right, but that was never seen (it existed before, or a run was cut off). `drifted`: somebody else changed or deleted it.
 */
export type ApplyCause = 'missing' | 'changed' | 'unproven' | 'drifted';

/** Why an object is neither applied nor left in peace. `how` says since when it is being deleted, and what holds it. */
export type BlockDecision =
  | { readonly kind: 'conflict'; readonly owner: string }
  | { readonly kind: 'terminating'; readonly how?: string }
  | { readonly kind: 'unreadable' };

/**
 * What happens to a desired object. `conflict`: another GitSync owns it. `terminating`: it is being deleted and comes back when it
 * is gone. `unreadable`: its owner cannot be told now, so it is left alone. `drifted`: somebody changed or deleted it, and that is
 * only told of. `kept`: it may differ from Git, and nobody wants to know. `hands-off`: its annotation has it left alone altogether.
 */
export type ApplyDecision =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'apply'; readonly cause: ApplyCause }
  | BlockDecision
  | { readonly kind: 'drifted' | 'kept' | 'hands-off' };

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
  const rules = rulesFor(desired);
  if (lookup === 'absent' || lookup === 'unserved') {
    return rules.isHandsOff ? { kind: 'hands-off' } : applyFor(causeOfAbsence(desired, entry), rules.drift);
  }
  return findObstacle(desired, lookup, context) ?? decideOver(desired, entry, lookup);
}

/** What keeps a live object from being changed by this GitSync, whatever Git wants. */
function findObstacle(desired: DesiredObject, live: LiveObject, context: OwnerContext): ApplyDecision | null {
  const { owner } = live;
  if (owner !== undefined && owner !== context.owner && context.isOwnedBy(owner, desired.key)) {
    return { kind: 'conflict', owner };
  }
  if (rulesFor(desired).isHandsOff || live.isHandsOff === true) return { kind: 'hands-off' };
  if (!live.isTerminating) return null;
  return { kind: 'terminating', ...(live.termination !== undefined && { how: live.termination }) };
}

function decideOver(desired: DesiredObject, entry: OwnedEntry | undefined, live: LiveObject): ApplyDecision {
  const { apply, drift } = rulesFor(desired);
  if (apply === 'if-absent') return { kind: 'kept' };
  if (entry?.state !== 'applied' || entry.digest === undefined) return { kind: 'apply', cause: 'unproven' };
  if (isProven(entry, desired, live)) return { kind: 'unchanged' };
  return applyFor(entry.digest === desired.digest ? 'drifted' : 'changed', drift);
}

/** What Git wants anew is applied in any mode. */
function applyFor(cause: ApplyCause, drift: DriftMode): ApplyDecision {
  if (cause !== 'drifted' || drift === 'repair') return { kind: 'apply', cause };
  return { kind: drift === 'report' ? 'drifted' : 'kept' };
}

function causeOfAbsence(desired: DesiredObject, entry: OwnedEntry | undefined): ApplyCause {
  return entry?.state === 'applied' && entry.digest === desired.digest ? 'drifted' : 'missing';
}
