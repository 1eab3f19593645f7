/**
 * @module Deletes an object that cannot be changed in place, and makes it anew. Only after the server accepted the new one under another name: a manifest
 * that is merely wrong never deletes anything.
 */
import { describeError } from '../errors/describe-error.ts';
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import { isKubeError } from '../kube/errors.ts';
import { referenceOf } from '../kube/paths.ts';
import type { ResourceType } from '../kube/resource-type.ts';
import { SYNC_FIELD_MANAGER } from '../resources/names.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import type { ApprovalItem } from '../sync-plan/approval.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import { isRecreateAllowed } from '../sync-plan/keep-annotations.ts';
import { isRecreatable, type RecreationContext } from '../sync-plan/recreation.ts';
import { SyncError } from './errors.ts';
import { readLiveObject } from './live-object.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What recreating takes. */
export interface RecreateDependencies {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create' | 'delete'>;
  readonly kinds: ServedKinds;
}

/** A recreation that is possible. */
export interface Recreation {
  /** Of the object that has to go. */
  readonly uid: string;
  /** Git asks for it. */
  readonly isAllowed: boolean;
  /** Why it is needed, as the end of a sentence that starts with the object. */
  readonly reason: string;
}

const PROBE_PREFIX = 'signet-probe-';

/**
 * The recreation that would mend `error`, or null when none would: another failure, an object that may not be deleted, or a manifest
 * that the server refuses under any name. Nothing is written. @throws KubeError when the object cannot be read; SyncError
 * SYNC_KIND_NOT_SERVED
 */
export async function findRecreation(
  { client, kinds }: RecreateDependencies,
  { object, identity }: PlacedObject,
  error: unknown,
  context: RecreationContext,
): Promise<Recreation | null> {
  if (!isKubeError(error, 'KUBE_INVALID') || error.status !== 422) return null;
  const type = await kinds.get(object.apiVersion, object.kind);
  const live = await client.get(type, referenceOf(object), { metadataOnly: true });
  if (live === null || !isRecreatable(identity, readLiveObject(live), context)) return null;
  if (!(await isAccepted(client, type, object))) return null;
  const reason = `cannot be changed in place: ${describeError(error)}`;
  return { uid: live.metadata.uid ?? '', isAllowed: isRecreateAllowed(object.metadata), reason };
}

/** Deletes the object if it still has `uid`. Resolves when its name is free. @throws KubeError; SyncError SYNC_KIND_NOT_SERVED, SYNC_RECREATION_WAITING */
export async function removeForRecreation(
  { client, kinds }: RecreateDependencies,
  { object }: PlacedObject,
  uid: string,
): Promise<void> {
  const type = await kinds.get(object.apiVersion, object.kind);
  const result = await client.delete(type, referenceOf(object), { uid, propagation: 'Background' });
  if (result !== 'terminating') return;
  throw new SyncError('SYNC_RECREATION_WAITING', 'is being deleted to be made anew, and comes back when it is gone');
}

/** The failure of an object that nobody allowed to be made anew. */
export function recreationHeld({ reason }: Pick<ApprovalItem, 'reason'>): SyncError {
  const message = `${reason ?? 'cannot be changed in place'}; it can only be deleted and made anew, which wants approval or the annotation signet.dev/recreate: allowed in Git`;
  return new SyncError('SYNC_RECREATION_HELD', message);
}

/** Whether the server would take the object if the live one were not there. */
async function isAccepted(
  client: RecreateDependencies['client'],
  type: ResourceType,
  object: KubeObject,
): Promise<boolean> {
  const { name: _name, ...metadata } = object.metadata;
  const probe = { ...object, metadata: { ...metadata, generateName: PROBE_PREFIX } };
  try {
    await client.create(type, probe, { fieldManager: SYNC_FIELD_MANAGER, dryRun: true });
    return true;
  } catch (error) {
    if (isKubeError(error)) return false;
    throw error;
  }
}
