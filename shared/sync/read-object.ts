/** @module Reads one object that Git wants, in full. */
import type { KubeReader } from '../kube/client.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import type { ServedKinds } from './served-kinds.ts';

/** The object as it is live, or null when it, or its kind, does not exist. @throws KubeError */
export async function readObject(
  { client, kinds }: { readonly client: Pick<KubeReader, 'get'>; readonly kinds: ServedKinds },
  { object, identity }: PlacedObject,
): Promise<KubeObject | null> {
  const type = await kinds.find(object.apiVersion, object.kind);
  if (type === null) return null;
  const { namespace, name } = identity;
  return client.get(type, { name, namespace: namespace === '' ? undefined : namespace });
}
