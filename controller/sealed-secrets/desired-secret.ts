/** @module Opened items and a live Secret to what is sent: the new Secret, its replacement, or a patch. Pure. */
import { isSameJson } from '../../shared/encoding/json.ts';
import {
  MANAGED_ANNOTATION,
  SEALED_SECRET_API_VERSION,
  SEALED_SECRET_KIND,
  SKIP_OWNER_ANNOTATION,
} from '../../shared/resources/names.ts';
import { hasTrueAnnotation, type KubeObject, type OwnerReference } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import { issuedData } from './secret-content.ts';

type StringMap = Readonly<Record<string, string>>;

/** True when the template asks for a Secret without owner reference. */
export function skipsOwner(sealed: SealedSecret): boolean {
  return hasTrueAnnotation(sealed.spec?.template?.metadata ?? {}, SKIP_OWNER_ANNOTATION);
}

/** `desired` as it is created: the owner reference is part of the first write, since readers index it at once. */
export function toCreate(sealed: SealedSecret, desired: Secret): KubeObject {
  const ownerReferences = ownersFor(sealed, []);
  return { ...desired, metadata: { ...desired.metadata, ...(ownerReferences.length > 0 && { ownerReferences }) } };
}

/**
 * What replaces `live` so that it is `desired`, or null when it is already. Owners other than the SealedSecret stay, as
 * do finalizers; an immutable Secret stays immutable, which nothing can undo.
 */
export function toReplacement(sealed: SealedSecret, desired: Secret, live: KubeObject): KubeObject | null {
  const { creationTimestamp: _, managedFields: __, ...identity } = live.metadata;
  const labels = desired.metadata.labels ?? {};
  const annotations = desired.metadata.annotations ?? {};
  const owners = live.metadata.ownerReferences ?? [];
  const ownerReferences = ownersFor(sealed, owners);
  const immutable = desired.immutable === true || live['immutable'];
  const data = dataFor(desired, live);
  const isSameData = isSameJson(live['data'] ?? {}, data);
  const isSame =
    isSameData &&
    isSameJson(live.metadata.labels ?? {}, labels) &&
    isSameJson(live.metadata.annotations ?? {}, annotations) &&
    isSameJson(owners, ownerReferences) &&
    immutable === live['immutable'];
  if (isSame) return null;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...identity, labels, annotations, ownerReferences },
    type: live['type'],
    // As it was read: to an immutable Secret an empty map is another value than none.
    data: isSameData ? live['data'] : data,
    ...(immutable !== undefined && { immutable }),
  };
}

/** The merge patch that adds what `desired` holds to `live` and removes nothing, or null when all of it is there. */
export function toUpsert(
  sealed: SealedSecret,
  desired: Secret,
  live: KubeObject,
): Readonly<Record<string, unknown>> | null {
  const data = missing(dataFor(desired, live), live['data']);
  const labels = missing(desired.metadata.labels, live.metadata.labels);
  const annotations = missing(desired.metadata.annotations, live.metadata.annotations);
  const owners = live.metadata.ownerReferences ?? [];
  const ownerReferences = addsOwner(desired, live) ? ownersFor(sealed, owners) : owners;
  const isSame = isSameJson(owners, ownerReferences);
  if (isSame && [data, labels, annotations].every((map) => Object.keys(map).length === 0)) return null;
  const { resourceVersion } = live.metadata;
  return { metadata: { resourceVersion, labels, annotations, ...(!isSame && { ownerReferences }) }, data };
}

/** True when adding `desired` to `live` makes the SealedSecret an owner: with the annotations of both, it is managed. */
export function addsOwner(desired: Secret, live: KubeObject): boolean {
  const annotations = { ...live.metadata.annotations, ...desired.metadata.annotations };
  return hasTrueAnnotation({ annotations }, MANAGED_ANNOTATION);
}

/** True when writing `desired` over `live` would change values, which an immutable Secret refuses. */
export function changesData(desired: Secret, live: KubeObject, mode: 'replace' | 'upsert'): boolean {
  if (mode === 'upsert') return Object.keys(missing(dataFor(desired, live), live['data'])).length > 0;
  return !isSameJson(live['data'] ?? {}, dataFor(desired, live));
}

/** What Kubernetes issued stays: a token that is replaced no longer works. */
function dataFor(desired: Secret, live: KubeObject): StringMap {
  return { ...desired.data, ...issuedData(live) };
}

/** Only one owner may be the controller, and a foreign one stays it. */
function ownersFor(sealed: SealedSecret, existing: readonly OwnerReference[]): readonly OwnerReference[] {
  const { name = '', uid = '' } = sealed.metadata;
  const foreign = existing.filter((owner) => owner.uid !== uid);
  if (skipsOwner(sealed)) return foreign;
  const controller = !foreign.some((owner) => owner.controller === true);
  return [
    { apiVersion: SEALED_SECRET_API_VERSION, kind: SEALED_SECRET_KIND, name, uid, ...(controller && { controller }) },
    ...foreign,
  ];
}

/** The entries of `wanted` that `live` lacks or holds with another value. */
function missing(wanted: StringMap | null | undefined, live: unknown): StringMap {
  const present = (live ?? {}) as StringMap;
  const entries = Object.entries(wanted ?? {});
  return Object.fromEntries(entries.filter(([key, value]) => !Object.hasOwn(present, key) || present[key] !== value));
}
