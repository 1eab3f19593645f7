/** @module The shape that every Kubernetes object shares, and its identity. Unknown fields are always kept. */
import { SEALED_SECRET_KIND, UNSEAL_FIELD_MANAGER } from './names.ts';

/** `metadata` of an object as the API server speaks it; all fields optional because files leave most of them out. */
export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string | null;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
}

/** One entry of `metadata.ownerReferences`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Any Kubernetes object as plain JSON; fields beyond the four are kept as they came. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** Identity of an object in a cluster. The API version is no part of it; `namespace` is empty for cluster-scoped kinds. */
export interface ObjectIdentity {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An {@link ObjectIdentity} as one string, fit as a map key: `group/kind/namespace/name`. */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

/** The group of an `apiVersion`: `apps` of `apps/v1`, and empty for the core group's `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The version of an `apiVersion`: `v1` of both `apps/v1` and `v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** Identity of `object` as it stands; a missing name or namespace is empty text. */
export function identityOf(object: KubeObject): ObjectIdentity {
  return {
    group: groupOf(object.apiVersion),
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? '',
  };
}

/** The map key of `identity`. Group, kind, namespace and name cannot contain a slash, so no two identities share a key. */
export function objectKey(identity: ObjectIdentity): ObjectKey {
  return `${identity.group}/${identity.kind}/${identity.namespace}/${identity.name}` as ObjectKey;
}

/** `namespace/name`: the key of an object among those of its kind. What is missing is empty text. */
export function placeKey(place: {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
}): string {
  return `${place.namespace ?? ''}/${place.name ?? ''}`;
}

/** How a person reads an identity: `Deployment shop/cart`, `Namespace shop`. */
export function describeIdentity(identity: Omit<ObjectIdentity, 'group'>): string {
  return `${identity.kind} ${identity.namespace === '' ? '' : `${identity.namespace}/`}${identity.name}`;
}

/** The annotation's value, or undefined; never a property of Object.prototype. */
export function annotationOf(meta: ObjectMeta, name: string): string | undefined {
  const annotations = meta.annotations ?? {};
  return Object.hasOwn(annotations, name) ? annotations[name] : undefined;
}

/** The value of the label `name`, or undefined; never a property of Object.prototype. */
export function labelValueOf(meta: ObjectMeta, name: string): string | undefined {
  const labels = meta.labels ?? {};
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** True when the annotation's value is exactly `true`, which is all that sealed-secrets' annotations accept. */
export function hasTrueAnnotation(meta: ObjectMeta, name: string): boolean {
  return annotationOf(meta, name) === 'true';
}

/** True when `manager` is among those that wrote the object; authors of objects cannot take that away. */
export function hasFieldManager(meta: ObjectMeta, manager: string): boolean {
  const entries: unknown = meta['managedFields'];
  return Array.isArray(entries) && entries.some((entry) => entry?.manager === manager);
}

/**
 * True for a Secret that a controller made of a SealedSecret: ours wrote it, or a SealedSecret is among its owners, as of those that
 * sealed-secrets' controller wrote. Its content is that of whoever may create SealedSecrets there.
 */
export function comesFromSealedSecret(meta: ObjectMeta): boolean {
  const owners = meta.ownerReferences ?? [];
  return hasFieldManager(meta, UNSEAL_FIELD_MANAGER) || owners.some(({ kind }) => kind === SEALED_SECRET_KIND);
}
