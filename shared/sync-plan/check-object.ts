/**
 * @module Whether a value is an object that can be compared, applied and tracked: identity, and the metadata that Signet reads.
 * Everything else is for the API server to judge.
 */
import { isMap, ownValue } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { type Finding, finding, notText, quoteKey } from './finding.ts';

/** The object, or everything that is wrong with it. */
export type ObjectCheck =
  | { readonly object: KubeObject; readonly findings?: never }
  | { readonly findings: readonly Finding[]; readonly object?: never };

// Identities become map keys joined by slashes, and segments of request paths: these shapes keep both unambiguous. They allow
// all that an API server allows.
const API_VERSION = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[a-z](?:[a-z0-9-]*[a-z0-9])?$/;
const KIND = /^[A-Za-z][A-Za-z0-9]*$/;
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const MAX_NAME = 253;
const MAX_NAMESPACE = 63;

/** `value` as an object, or all findings against it at once. */
export function checkObject(value: unknown): ObjectCheck {
  if (!isMap(value)) return { findings: [notAnObject(`it is ${kindOfDocument(value)}`)] };
  const missing = ['apiVersion', 'kind'].filter((field) => (ownValue(value, field) ?? '') === '');
  if (missing.length > 0) return { findings: [notAnObject(`it has no ${missing.join(' and no ')}`)] };
  const findings = [...checkType(value), ...checkMetadata(value)];
  // Invariant: with no findings, the checks above have proven every field that KubeObject promises.
  return findings.length === 0 ? { object: value as KubeObject } : { findings };
}

function checkType(value: Readonly<Record<string, unknown>>): Finding[] {
  const findings: Finding[] = [];
  const [apiVersion, kind] = [ownValue(value, 'apiVersion'), ownValue(value, 'kind')];
  if (typeof apiVersion !== 'string') findings.push(notText('RENDER_FIELD_INVALID', 'apiVersion', apiVersion));
  else if (!API_VERSION.test(apiVersion))
    findings.push(invalid(`apiVersion ${quoteKey(apiVersion)} is no API version, such as "apps/v1"`));
  if (typeof kind !== 'string') findings.push(notText('RENDER_FIELD_INVALID', 'kind', kind));
  else if (!KIND.test(kind)) findings.push(invalid(`kind ${quoteKey(kind)} is no kind, such as "ConfigMap"`));
  return findings;
}

function checkMetadata(value: Readonly<Record<string, unknown>>): Finding[] {
  const metadata = ownValue(value, 'metadata');
  if (metadata === undefined || metadata === null) return [finding('RENDER_NAME_MISSING', 'metadata.name is missing')];
  if (!isMap(metadata)) return [invalid('metadata is not a map')];
  return [
    ...checkName(metadata),
    ...checkNamespace(ownValue(metadata, 'namespace')),
    ...checkTextMap('metadata.labels', ownValue(metadata, 'labels')),
    ...checkTextMap('metadata.annotations', ownValue(metadata, 'annotations')),
  ];
}

function checkName(metadata: Readonly<Record<string, unknown>>): Finding[] {
  const name = ownValue(metadata, 'name');
  if ((name ?? '') === '') {
    if ((ownValue(metadata, 'generateName') ?? '') === '')
      return [finding('RENDER_NAME_MISSING', 'metadata.name is missing')];
    const message = 'metadata.generateName makes a new object each time, and cannot be kept equal to Git';
    return [finding('RENDER_GENERATE_NAME', message, 'give the object a name')];
  }
  if (typeof name !== 'string') return [notText('RENDER_FIELD_INVALID', 'metadata.name', name)];
  const isAllowed = name.length <= MAX_NAME && !/[/%\p{Cc}\s]/u.test(name) && name !== '.' && name !== '..';
  return isAllowed ? [] : [invalid(`metadata.name ${quoteKey(name)} is not a name that Kubernetes allows`)];
}

function checkNamespace(namespace: unknown): Finding[] {
  if (namespace === undefined || namespace === null || namespace === '') return [];
  if (typeof namespace !== 'string') return [notText('RENDER_FIELD_INVALID', 'metadata.namespace', namespace)];
  if (NAMESPACE.test(namespace) && namespace.length <= MAX_NAMESPACE) return [];
  return [invalid(`metadata.namespace ${quoteKey(namespace)} is not a name that Kubernetes allows`)];
}

/** A null value is empty text to the API server, as kubectl leaves it. */
function checkTextMap(field: string, value: unknown): Finding[] {
  if (value === undefined || value === null) return [];
  if (!isMap(value)) return [invalid(`${field} is not a map`)];
  return Object.entries(value)
    .filter(([, text]) => typeof text !== 'string' && text !== null)
    .map(([key, text]) => notText('RENDER_FIELD_INVALID', `${field} ${quoteKey(key)}`, text));
}

function notAnObject(why: string): Finding {
  return finding('RENDER_NOT_AN_OBJECT', `this is no Kubernetes object: ${why}`, 'move the file out of the path');
}

function kindOfDocument(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'plain text' : `a ${typeof value === 'bigint' ? 'number' : typeof value}`;
}

function invalid(message: string): Finding {
  return finding('RENDER_FIELD_INVALID', message);
}
