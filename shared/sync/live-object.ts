/** @module Reads what the plan needs of a live object from its metadata. Nothing of its content or annotations is kept. */
import { hash } from 'node:crypto';
import { OWNER_ANNOTATION, SYNC_FIELD_MANAGER } from '../resources/names.ts';
import type { KubeObject, ObjectMeta } from '../resources/object-meta.ts';
import { annotationOf } from '../resources/object-meta.ts';
import { isPruneDisabled } from '../sync-plan/keep-annotations.ts';
import type { LiveObject } from '../sync-plan/live-object.ts';
import { isOwnEntry, type ManagedFieldsEntry, managedFieldsOf } from '../sync-plan/managed-fields.ts';
import { isReconcileDisabled } from '../sync-plan/object-rules.ts';
import { hasFieldsToTake } from '../sync-plan/take-over-fields.ts';
import { describeTermination } from '../sync-plan/termination.ts';
import { waveOf } from '../sync-plan/waves.ts';

/** 132 bits in base64: no two states of an object's metadata meet by accident or by design. */
const DIGEST_LENGTH = 22;

/** The plan's view of `object`, as a server gave it out: in full, or cut down to its metadata. */
export function readLiveObject({ metadata }: KubeObject): LiveObject {
  const wave = waveOf(metadata);
  const termination = describeTermination(metadata);
  return {
    ...(wave === 0 ? {} : { wave }),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    fields: digestOwnFields(metadata),
    foreignFields: digest(managedFieldsOf(metadata).filter((entry) => !isOwnEntry(entry))),
    generation: metadata.generation,
    metadataDigest: digestMetadata(metadata),
    owner: annotationOf(metadata, OWNER_ANNOTATION),
    ...(isReconcileDisabled(metadata) ? { isHandsOff: true } : {}),
    ...(hasFieldsToTake(metadata) ? { hasFieldsToTake: true } : {}),
    ...digestAppliers(metadata),
    isPruneDisabled: isPruneDisabled(metadata),
    isTerminating: metadata.deletionTimestamp !== undefined,
    ...(termination === undefined ? {} : { termination }),
    lastForeignManager: findLastForeignManager(metadata),
  };
}

/** Servers write maps in the order of their keys, so equal metadata is equal text. */
function digestMetadata({ labels, annotations, finalizers, ownerReferences }: ObjectMeta): string {
  return digest([labels ?? {}, annotations ?? {}, finalizers ?? [], ownerReferences ?? []]);
}

function digestOwnFields(metadata: ObjectMeta): string | undefined {
  const own = managedFieldsOf(metadata).find(isOwnEntry);
  // The time tells of another who applies the very same fields under our name.
  return own === undefined ? undefined : digest([own['time'], own['fieldsV1']]);
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value ?? null), 'base64').slice(0, DIGEST_LENGTH);
}

function digestAppliers(metadata: ObjectMeta): Pick<LiveObject, 'appliers'> {
  const entries = managedFieldsOf(metadata).filter((entry) => !isOwnEntry(entry) && isApplied(entry));
  if (entries.length === 0) return {};
  return { appliers: Object.fromEntries(entries.map(({ manager, fieldsV1 }) => [manager, digest(fieldsV1)])) };
}

function isApplied({ operation, subresource = '' }: ManagedFieldsEntry): boolean {
  return operation === 'Apply' && subresource === '';
}

function findLastForeignManager(metadata: ObjectMeta): string | undefined {
  let last: { readonly manager: string; readonly time: string } | undefined;
  for (const { manager, subresource, time = '' } of managedFieldsOf(metadata)) {
    if (manager === SYNC_FIELD_MANAGER || subresource === 'status') continue;
    // Times are RFC 3339 in UTC and whole seconds, so text order is time order; among equals the later entry wins.
    if (last === undefined || time >= last.time) last = { manager, time };
  }
  return last?.manager;
}
