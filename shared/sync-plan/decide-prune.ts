/** @module What to do about one object that is in the inventory and no longer in Git. */
import { identityOfEntry, type OwnedEntry } from './inventory.ts';
import type { LiveLookup, LiveObject } from './live-object.ts';
import { type ProtectionContext, protectionOf } from './protection.ts';

/**
 * What happens to an object that left Git. `gone`: it no longer exists, its entry leaves. `terminating`: its deletion is under
 * way, `how` says since when and what holds it. `delete`: this very uid is deleted, unless its metadata changes before. `release`: it stays, unowned, and its entry leaves. `forget`: it was never or is no
 * longer ours; its entry leaves and it is not touched. `protect`: it would be deleted, and is kept until that is approved. `keep`: nothing happens now, and its entry stays. `unserved`: nobody can
 * read, write or delete it; its entry stays. `unreadable`: whether it is ours cannot be told now.
 */
export type PruneDecision =
  | { readonly kind: 'gone' }
  | { readonly kind: 'terminating'; readonly how?: string }
  | ({ readonly kind: 'delete' } & SeenObject)
  | { readonly kind: 'protect'; readonly uid: string; readonly reason: string }
  | { readonly kind: 'release'; readonly reason: string }
  | { readonly kind: 'forget'; readonly reason: string }
  | { readonly kind: 'keep'; readonly reason: string; readonly isHandsOff?: boolean }
  | { readonly kind: 'unserved' | 'unreadable'; readonly reason: string };

/** The state of an object that a deletion was decided for. */
export type SeenObject = Pick<LiveObject, 'uid' | 'resourceVersion' | 'metadataDigest'>;

/** The rules of one GitSync. */
export interface PruneContext extends ProtectionContext {
  /** `namespace/name` of the GitSync. */
  readonly owner: string;
  /** `spec.prune`. */
  readonly isPruning: boolean;
  /**
   * The uids of the live objects that Git wants. A group that was renamed shows one object under two identities: deleting the old
   * one would delete the new one.
   */
  readonly wantedUids: ReadonlySet<string>;
}

/** The decision about `entry`, of which the cluster says `lookup`. Deletion needs inventory and owner annotation to agree. */
export function decidePrune(entry: OwnedEntry, lookup: LiveLookup, context: PruneContext): PruneDecision {
  if (lookup === 'absent') return { kind: 'gone' };
  if (lookup === 'unserved') return { kind: 'unserved', reason: 'the cluster does not serve its kind' };
  if (lookup === 'unreadable') return { kind: 'unreadable', reason: 'its kind cannot be listed' };
  if (lookup.owner !== context.owner) return { kind: 'forget', reason: describeOwner(lookup.owner) };
  if (context.wantedUids.has(lookup.uid)) return { kind: 'forget', reason: 'Git has it under another group' };
  if (lookup.isTerminating)
    return { kind: 'terminating', ...(lookup.termination !== undefined && { how: lookup.termination }) };
  if (lookup.isHandsOff === true) return { kind: 'keep', reason: 'its annotation has it left alone', isHandsOff: true };
  if (!context.isPruning) return { kind: 'keep', reason: 'spec.prune is off' };
  if (lookup.isPruneDisabled) return { kind: 'release', reason: 'its annotation disables pruning' };
  const protection = protectionOf(identityOfEntry(entry), context);
  if (protection !== null) return { kind: 'release', reason: protection };
  const { uid, resourceVersion, metadataDigest } = lookup;
  return { kind: 'delete', uid, resourceVersion, metadataDigest };
}

function describeOwner(owner: string | undefined): string {
  return owner === undefined ? 'it no longer names this GitSync as its owner' : `it belongs to GitSync ${owner}`;
}
