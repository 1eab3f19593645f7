/** @module Takes out of an object what only the cluster may say, and what would forge Signet's own records. */
import { isMap } from '../encoding/value-kind.ts';
import { OWNER_ANNOTATION } from '../resources/names.ts';
import type { KubeObject } from '../resources/object-meta.ts';

const METADATA_FIELDS: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'managedFields',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'selfLink',
]);

/** The second one is what `kubectl get -o yaml` brings into a repository: an old copy of the object, Secrets included. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  OWNER_ANNOTATION,
  'kubectl.kubernetes.io/last-applied-configuration',
]);

/**
 * `object` without `status`, without the metadata that a server sets, and without the annotation that says who owns it: a commit
 * must not be able to claim that. Null and empty namespaces, labels and annotations become absent; null labels and annotations in
 * a map become empty text, which is how the API server reads them.
 */
export function stripServerFields(object: KubeObject): KubeObject {
  const { status: _status, metadata, ...rest } = object;
  const fields = Object.entries(metadata).flatMap(([field, value]) => stripMetadataField(field, value));
  const { apiVersion, kind, ...others } = rest;
  // Own property definition, not assignment: `__proto__` is an ordinary key here.
  return { apiVersion, kind, metadata: Object.fromEntries(fields), ...others };
}

function stripMetadataField(field: string, value: unknown): [string, unknown][] {
  if (METADATA_FIELDS.has(field)) return [];
  if (field === 'namespace') return value === null || value === '' ? [] : [[field, value]];
  if (field === 'labels') return keepTexts(field, value, () => true);
  if (field === 'annotations') return keepTexts(field, value, (key) => !ANNOTATIONS.has(key));
  return [[field, value]];
}

function keepTexts(field: string, value: unknown, isKept: (key: string) => boolean): [string, unknown][] {
  const entries = isMap(value) ? Object.entries(value).filter(([key]) => isKept(key)) : [];
  if (entries.length === 0) return [];
  return [[field, Object.fromEntries(entries.map(([key, text]) => [key, text ?? '']))]];
}
