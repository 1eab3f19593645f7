/** @module Reads what the plan needs of a live object from its metadata. Nothing of its content or annotations is kept. */
import { hash } from 'node:crypto';
import { OWNER_ANNOTATION, PRUNE_ANNOTATION, SYNC_FIELD_MANAGER } from '../resources/names.ts';
import type { KubeObject, ObjectMeta } from '../resources/object-meta.ts';
import { annotationOf } from '../resources/object-meta.ts';
import type { LiveObject } from '../sync-plan/live-object.ts';
import { waveOf } from '../sync-plan/waves.ts';

/** 132 bits in base64: no two states of an object's metadata meet by accident or by design. */
const DIGEST_LENGTH = 22;

/** The plan's view of `object`, as a server gave it out: in full, or cut down to its metadata. */
export function readLiveObject({ metadata }: KubeObject): LiveObject {
  const wave = waveOf(metadata);
  return {
    ...(wave === 0 ? {} : { wave }),
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    fields: digestOwnFields(metadata),
    foreignFields: digest(managersOf(metadata).filter((entry) => !isOwn(entry))),
    generation: metadata.generation,
    metadataDigest: digestMetadata(metadata),
    owner: annotationOf(metadata, OWNER_ANNOTATION),
    isPruneDisabled: annotationOf(metadata, PRUNE_ANNOTATION) === 'disabled',
    isTerminating: metadata.deletionTimestamp !== undefined,
    lastForeignManager: findLastForeignManager(metadata),
  };
}

/** Servers write maps in the order of their keys, so equal metadata is equal text. */
function digestMetadata({ labels, annotations, finalizers, ownerReferences }: ObjectMeta): string {
  return digest([labels ?? {}, annotations ?? {}, finalizers ?? [], ownerReferences ?? []]);
}

function isOwn({ manager, operation, subresource = '' }: Readonly<Record<string, unknown>>): boolean {
  return manager === SYNC_FIELD_MANAGER && operation === 'Apply' && subresource === '';
}

function digestOwnFields(metadata: ObjectMeta): string | undefined {
  const own = managersOf(metadata).find(isOwn);
  // The time tells of another who applies the very same fields under our name.
  return own === undefined ? undefined : digest([own['time'], own['fieldsV1']]);
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value ?? null), 'base64').slice(0, DIGEST_LENGTH);
}

function managersOf(metadata: ObjectMeta): readonly Readonly<Record<string, unknown>>[] {
  const entries: unknown = metadata['managedFields'];
  return Array.isArray(entries) ? entries.filter((entry) => typeof entry === 'object' && entry !== null) : [];
}

function findLastForeignManager(metadata: ObjectMeta): string | undefined {
  let last: { readonly manager: string; readonly time: string } | undefined;
  for (const entry of managersOf(metadata)) {
    const { manager, subresource, time = '' } = entry;
    if (typeof manager !== 'string' || typeof time !== 'string') continue;
    if (manager === SYNC_FIELD_MANAGER || subresource === 'status') continue;
    // Times are RFC 3339 in UTC and whole seconds, so text order is time order; among equals the later entry wins.
    if (last === undefined || time >= last.time) last = { manager, time };
  }
  return last?.manager;
}
