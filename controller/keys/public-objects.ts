/** @module Keeps the ConfigMaps through which people read keys and ask for new ones: `signet-keys` and `signet-requests`. */
import type { KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { type KeyList, toKeyListData } from '../../shared/resources/key-list.ts';
import { CONTROLLER_FIELD_MANAGER, KEYS_CONFIG_MAP, REQUESTS_CONFIG_MAP } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** What writing ConfigMaps needs. */
export interface PublicObjectsDependencies {
  readonly client: Pick<KubeWriter, 'create' | 'mergePatch'>;
  readonly namespace: string;
}

/**
 * Makes `signet-keys` say `list`. `current` is the ConfigMap as last seen, or null; nothing is sent when it says so.
 * @returns the ConfigMap as written, or `current` when it was right.
 */
export async function publishKeyList(
  dependencies: PublicObjectsDependencies,
  list: KeyList,
  current: KubeObject | null,
): Promise<KubeObject> {
  const data = toKeyListData(list);
  if (current !== null && saysAll(current, data)) return current;
  const { client, namespace } = dependencies;
  const options = { fieldManager: CONTROLLER_FIELD_MANAGER };
  if (current === null) {
    const created = await createUnlessThere(dependencies, KEYS_CONFIG_MAP, data);
    if (created !== null) return created;
  }
  return client.mergePatch(CONFIG_MAPS, { namespace, name: KEYS_CONFIG_MAP }, { data }, options);
}

/** Creates `signet-requests`, empty, unless it is there. */
export async function ensureRequestsObject(dependencies: PublicObjectsDependencies): Promise<void> {
  await createUnlessThere(dependencies, REQUESTS_CONFIG_MAP, {});
}

async function createUnlessThere(
  { client, namespace }: PublicObjectsDependencies,
  name: string,
  data: Record<string, string>,
): Promise<KubeObject | null> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
  try {
    return await client.create(CONFIG_MAPS, object, { fieldManager: CONTROLLER_FIELD_MANAGER });
  } catch (error) {
    if (isKubeError(error, 'KUBE_ALREADY_EXISTS')) return null;
    throw error;
  }
}

function saysAll(object: KubeObject, data: Record<string, string>): boolean {
  const current = (object['data'] ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(data).every(([key, value]) => Object.hasOwn(current, key) && current[key] === value);
}
