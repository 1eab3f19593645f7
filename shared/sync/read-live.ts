/** @module Reads the live state of many objects with few requests, for one look at the cluster. */
import { describeError } from '../errors/describe-error.ts';
import type { KubeReader } from '../kube/client.ts';
import type { ResourceType } from '../kube/resource-type.ts';
import type { KubeObject, ObjectIdentity, ObjectKey } from '../resources/object-meta.ts';
import { objectKey } from '../resources/object-meta.ts';
import { runLimited } from './run-limited.ts';

/** An object to look for; `type` is null for a kind that is not served. */
export interface WantedLive {
  readonly identity: ObjectIdentity;
  readonly type: ResourceType | null;
}

/** What was found. Throws for nothing: an object that could not be read says why. */
export interface LiveObjects {
  /** The object, or null when there is none, or when its kind is not served. */
  find(key: ObjectKey): KubeObject | null;
  /** Why the object could not be read; null when it was, or when there is none. */
  problemOf(key: ObjectKey): string | null;
}

/** From this many objects of one kind and namespace on, one list is asked for in place of single objects. */
const LIST_FROM = 4;
const CONCURRENCY = 8;

/** Looks for `wanted` as they are now; `metadataOnly` when their content does not matter. */
export async function readLive(
  client: KubeReader,
  wanted: readonly WantedLive[],
  options: { readonly metadataOnly?: boolean } = {},
): Promise<LiveObjects> {
  const objects = new Map<ObjectKey, KubeObject>();
  const problems = new Map<ObjectKey, string>();
  const groups = Map.groupBy(wanted, ({ identity, type }) =>
    objectKey({ ...identity, kind: type?.kind ?? '', name: '' }),
  );
  await runLimited([...groups.values()], { limit: CONCURRENCY }, async (group) => {
    try {
      for (const [key, object] of await readGroup(client, group, options)) objects.set(key, object);
    } catch (error) {
      for (const { identity } of group) problems.set(objectKey(identity), describeError(error));
    }
  });
  return { find: (key) => objects.get(key) ?? null, problemOf: (key) => problems.get(key) ?? null };
}

/** One kind in one namespace. */
async function readGroup(
  client: KubeReader,
  group: readonly WantedLive[],
  { metadataOnly = false }: { readonly metadataOnly?: boolean },
): Promise<ReadonlyMap<ObjectKey, KubeObject>> {
  const found = new Map<ObjectKey, KubeObject>();
  const [first] = group;
  if (!first || first.type === null) return found;
  const { type, identity } = first;
  const namespace = identity.namespace === '' ? undefined : identity.namespace;
  const record = (object: KubeObject): void => {
    const { name = '' } = object.metadata;
    found.set(objectKey({ ...identity, name }), object);
  };
  if (group.length >= LIST_FROM) {
    for (const object of (await client.list(type, { namespace, metadataOnly })).items) record(object);
    return found;
  }
  for (const { identity: single } of group) {
    const object = await client.get(type, { namespace, name: single.name }, { metadataOnly });
    if (object !== null) record(object);
  }
  return found;
}
