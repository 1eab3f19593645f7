/** @module Objects and lists as answers carry them. */
import { parseJson } from '../encoding/json.ts';
import { isMap, textOf } from '../encoding/value-kind.ts';
import type { KubeObject, ObjectMeta } from '../resources/object-meta.ts';
import { KubeError } from './errors.ts';
import { apiVersionOf, type ResourceType } from './resource-type.ts';

/** One page of a list. `continueToken` is empty on the last. */
export interface ListPage {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  readonly continueToken: string;
}

/** `Accept` of plain objects. */
export const ACCEPT_JSON = 'application/json';
/** `Accept` of one object's metadata; servers that cannot cut an object down answer with the whole. */
export const ACCEPT_METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json';
/** `Accept` of a list's metadata. */
export const ACCEPT_METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** The object of an answer's body. Throws `KUBE_BAD_RESPONSE` when it is none. */
export function decodeObject(body: Buffer): KubeObject {
  const value = decodeBody(body);
  if (!isObject(value)) throw badResponse('it is no object');
  return value;
}

/** The JSON object of an answer's body. Throws `KUBE_BAD_RESPONSE`. */
export function decodeBody(body: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJson(body.toString('utf8'));
  } catch {
    throw badResponse('it is no JSON');
  }
  if (!isMap(value)) throw badResponse('it is no object');
  return value;
}

/** The page in a list's body; every item gets the type's apiVersion and kind, which the server leaves out. */
export function decodeListPage(body: Buffer, type: ResourceType, metadataOnly: boolean): ListPage {
  const { items, metadata } = decodeBody(body);
  // An empty list of some servers is null.
  const entries = items ?? [];
  if (!Array.isArray(entries) || !isMap(metadata)) throw badResponse('it is no list');
  return {
    items: entries.map((item) => typedItem(item, type, metadataOnly)),
    resourceVersion: textOf(metadata['resourceVersion']),
    continueToken: textOf(metadata['continue']),
  };
}

/** `item` as an object of `type`, and nothing but its metadata when only that is wanted. */
export function typedItem(item: unknown, type: ResourceType, metadataOnly: boolean): KubeObject {
  if (!isMap(item) || !isMap(item['metadata'])) throw badResponse('an item is no object');
  const identity = { apiVersion: apiVersionOf(type), kind: type.kind };
  if (metadataOnly) return { ...identity, metadata: item['metadata'] as ObjectMeta };
  const { apiVersion: _version, kind: _kind, ...rest } = item;
  return { ...identity, metadata: item['metadata'] as ObjectMeta, ...rest };
}

function isObject(value: Record<string, unknown>): value is KubeObject {
  return typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string' && isMap(value['metadata']);
}

function badResponse(why: string): KubeError {
  return new KubeError('KUBE_BAD_RESPONSE', `cannot read the API server's answer: ${why}`);
}
