/** @module Applies one object, and makes it anew where it cannot be changed in place and somebody allowed that. */
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import type { ApprovalItem } from '../sync-plan/approval.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import type { LiveView } from '../sync-plan/live-object.ts';
import type { ProtectionContext } from '../sync-plan/protection.ts';
import { applyObject } from './apply.ts';
import type { InventoryBook } from './inventory-book.ts';
import { findRecreation, recreationHeld, removeForRecreation } from './recreate.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What it takes. */
export interface ApplyOrRecreateOptions {
  readonly client: KubeReader & KubeWriter;
  readonly kinds: ServedKinds;
  readonly live: LiveView;
  readonly book: InventoryBook;
  /** Whose rules count; `owner` is `namespace/name` of the GitSync. */
  readonly context: ProtectionContext & { readonly owner: string };
  /** Called when it is known that the server had nothing to do. */
  readonly onUnchanged?: () => void;
  /** Whether somebody approved the deletion of the object with this uid; default: nobody. */
  readonly isApproved?: (uid: string) => boolean;
  readonly onHeld?: (item: ApprovalItem) => void;
  /** The object was made anew. */
  readonly onRecreated?: (item: ApprovalItem) => void;
}

/**
 * The object as it is after it was applied. A death between deletion and creation is made up for by the next plan: the object is in the inventory.
 * @throws KubeError; SyncError SYNC_KIND_NOT_SERVED, SYNC_RECREATION_HELD, SYNC_RECREATION_WAITING
 */
export async function applyOrRecreate(options: ApplyOrRecreateOptions, desired: DesiredObject): Promise<KubeObject> {
  const { client, kinds, live, book, onUnchanged } = options;
  try {
    return await applyObject({ client, kinds }, desired, { before: live.find(desired.identity), onUnchanged });
  } catch (error) {
    // An entry that was only just made says nothing about an object that was there before.
    const isInInventory = book.entries.get(desired.key)?.state === 'applied';
    const recreation = await findRecreation(options, desired, error, { ...options.context, isInInventory });
    if (recreation === null) throw error;
    const { uid, reason, isAllowed } = recreation;
    const item: ApprovalItem = { action: 'Recreate', identity: desired.identity, uid, reason };
    if (!isAllowed && options.isApproved?.(uid) !== true) {
      options.onHeld?.(item);
      throw recreationHeld(item);
    }
    await removeForRecreation(options, desired, uid);
    const made = await applyObject({ client, kinds }, desired, { before: 'absent', onUnchanged });
    options.onRecreated?.(item);
    return made;
  }
}
