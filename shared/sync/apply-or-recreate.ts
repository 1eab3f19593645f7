/** @module Applies one object, and makes it anew where it cannot be changed in place and somebody allowed that. */
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import type { ApprovalItem } from '../sync-plan/approval.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import type { RecreationContext } from '../sync-plan/recreation.ts';
import { findRecreation, recreationHeld, removeForRecreation } from './recreate.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What it takes. */
export interface ApplyOrRecreateOptions {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'delete'>;
  readonly kinds: ServedKinds;
  readonly context: RecreationContext;
  /** Sends the object. Called a second time, with true, when the live one is gone. */
  readonly apply: (isGone: boolean) => Promise<KubeObject>;
  readonly isApproved: (uid: string) => boolean;
  readonly onHeld: (item: ApprovalItem) => void;
  /** The object was made anew. */
  readonly onRecreated: (item: ApprovalItem) => void;
}

/**
 * The object as it is after it was applied. A death between deletion and creation is made up for by the next plan: the object is in the inventory.
 * @throws KubeError; SyncError SYNC_KIND_NOT_SERVED, SYNC_RECREATION_HELD, SYNC_RECREATION_WAITING
 */
export async function applyOrRecreate(options: ApplyOrRecreateOptions, desired: DesiredObject): Promise<KubeObject> {
  try {
    return await options.apply(false);
  } catch (error) {
    const recreation = await findRecreation(options, desired, error, options.context);
    if (recreation === null) throw error;
    const { uid, reason, isAllowed } = recreation;
    const item: ApprovalItem = { action: 'Recreate', identity: desired.identity, uid, reason };
    if (!isAllowed && !options.isApproved(uid)) {
      options.onHeld(item);
      throw recreationHeld(item);
    }
    await removeForRecreation(options, desired, uid);
    const made = await options.apply(true);
    options.onRecreated(item);
    return made;
  }
}
