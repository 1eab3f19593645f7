/** @module Scopes: where a sealed value may be opened, and the label bytes that bind it to that place. */
import { encodeUtf8 } from '../encoding/bytes.ts';
import { CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION } from '../resources/names.ts';
import { hasTrueAnnotation, type ObjectMeta } from '../resources/object-meta.ts';

/** `strict`: one name in one namespace. `namespace-wide`: any name of one namespace. `cluster-wide`: anywhere. */
export type Scope = 'strict' | 'namespace-wide' | 'cluster-wide';

/** Every scope, the narrowest first. */
export const SCOPES: readonly Scope[] = ['strict', 'namespace-wide', 'cluster-wide'];

/** The scope that the annotations of `meta` select; cluster-wide wins over namespace-wide, and only `"true"` counts. */
export function scopeOf(meta: ObjectMeta): Scope {
  if (hasTrueAnnotation(meta, CLUSTER_WIDE_ANNOTATION)) return 'cluster-wide';
  return hasTrueAnnotation(meta, NAMESPACE_WIDE_ANNOTATION) ? 'namespace-wide' : 'strict';
}

/** The annotations that select `scope`: none for strict, else exactly one. */
export function scopeAnnotations(scope: Scope): Record<string, string> {
  switch (scope) {
    case 'strict':
      return {};
    case 'namespace-wide':
      return { [NAMESPACE_WIDE_ANNOTATION]: 'true' };
    case 'cluster-wide':
      return { [CLUSTER_WIDE_ANNOTATION]: 'true' };
  }
}

/** Where a SealedSecret stands and what it claims: all that its sealed values are bound to. */
export interface SealedPlace {
  readonly scope: Scope;
  readonly namespace: string;
  readonly name: string;
  readonly label: Uint8Array<ArrayBuffer>;
}

/** The place of an object; name and namespace are empty where it has none. Only the object's own metadata counts. */
export function placeOf(object: { readonly metadata?: ObjectMeta }): SealedPlace {
  const metadata = object.metadata ?? {};
  const scope = scopeOf(metadata);
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const namespace = typeof metadata.namespace === 'string' ? metadata.namespace : '';
  return { scope, namespace, name, label: labelOf(scope, namespace, name) };
}

/** `annotations` without those that select a scope. */
export function withoutScopeAnnotations(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.filter(([name]) => name !== CLUSTER_WIDE_ANNOTATION && name !== NAMESPACE_WIDE_ANNOTATION),
  );
}

/** The label that sealed-secrets gives to RSA-OAEP: `namespace/name`, `namespace`, or nothing. */
export function labelOf(scope: Scope, namespace: string, name: string): Uint8Array<ArrayBuffer> {
  switch (scope) {
    case 'strict':
      return encodeUtf8(`${namespace}/${name}`);
    case 'namespace-wide':
      return encodeUtf8(namespace);
    case 'cluster-wide':
      return new Uint8Array(0);
  }
}
