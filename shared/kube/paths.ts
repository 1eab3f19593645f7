/** @module The API server's paths for types, collections and objects. */
import type { ObjectMeta } from '../resources/object-meta.ts';
import type { ObjectReference } from './client.ts';
import { KubeError } from './errors.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';

/** Query parameters; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of all objects of `type`, of one namespace when it is given and the type has namespaces. */
export function collectionPath(type: ResourceType, namespace: string | undefined, query: Query = {}): string {
  const group = type.group === '' ? '/api' : `/apis/${encodeURIComponent(type.group)}`;
  const scope =
    type.namespaced && namespace !== undefined ? `/namespaces/${segment(type, 'namespace', namespace)}` : '';
  return `${group}/${encodeURIComponent(type.version)}${scope}/${encodeURIComponent(type.plural)}${toQuery(query)}`;
}

/** The reference of `object`. */
export function referenceOf({ metadata }: { readonly metadata: ObjectMeta }): ObjectReference {
  return { namespace: metadata.namespace, name: metadata.name ?? '' };
}

/** Path of one object. Throws `KUBE_INVALID` when its name or namespace cannot be one, so that no other path is ever meant. */
export function objectPath(
  type: ResourceType,
  reference: { readonly namespace?: string | undefined; readonly name: string },
  options: { readonly subresource?: string | undefined; readonly query?: Query } = {},
): string {
  const collection = collectionPath(type, type.namespaced ? (reference.namespace ?? '') : undefined);
  const subresource = options.subresource === undefined ? '' : `/${options.subresource}`;
  return `${collection}/${segment(type, 'name', reference.name)}${subresource}${toQuery(options.query ?? {})}`;
}

/** The server takes no such name either; sent on, an empty one would mean the collection and `..` another path. */
function segment(type: ResourceType, what: 'name' | 'namespace', text: string): string {
  if (text === '' || text === '.' || text === '..' || /[/%]/.test(text)) {
    const subject = `${type.kind} (${apiVersionOf(type)})`;
    throw new KubeError('KUBE_INVALID', `cannot address a ${subject}: ${JSON.stringify(text)} is no valid ${what}`);
  }
  return encodeURIComponent(text);
}

function toQuery(query: Query): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parts.push(`${key}=${encodeURIComponent(value)}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
