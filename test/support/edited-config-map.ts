/** @module ConfigMaps of a sync world that somebody else edits. */
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { SyncWorld } from './sync-engine.ts';

/** Writes `value` into ConfigMap `name` as manager `meddler`; null takes it out. */
export async function edit(world: SyncWorld, name: string, value: string | null): Promise<void> {
  const reference = { namespace: world.namespace, name };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { value } }, { fieldManager: 'meddler' });
}

/** The value that ConfigMap `name` holds; undefined when there is none. */
export async function liveValue(world: SyncWorld, name: string): Promise<unknown> {
  return ((await world.get(CONFIG_MAPS, name))?.['data'] as Record<string, unknown> | undefined)?.['value'];
}
