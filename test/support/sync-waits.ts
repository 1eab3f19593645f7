/** @module Waits for what an engine knows: watches tell it of changes a moment after the server took them, and each kind has a watch of its own. */
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { eventually } from './eventually.ts';
import type { SyncWorld } from './sync-engine.ts';

/** Changes ConfigMap `name`, and resolves when an engine has put it right: by then it has heard of all that happened to ConfigMaps before. */
export async function untilHeard(world: SyncWorld, name: string): Promise<void> {
  const { client, namespace } = world;
  const read = async (): Promise<string> => JSON.stringify((await world.get(CONFIG_MAPS, name))?.['data']);
  const before = await read();
  await client.mergePatch(CONFIG_MAPS, { namespace, name }, { data: { value: 'not what Git says' } });
  await eventually(async () => {
    const now = await read();
    if (now !== before) throw new Error(`ConfigMap ${name} holds ${now}`);
  });
}

/** Has the GitSync looked at until that ends in `reason` for `commit`: each look knows what the one before may have been too early for. */
export function reconcileUntil(world: SyncWorld, name: string, reason: string, commit: string): Promise<GitSync> {
  return eventually(async () => {
    const gitSync = await world.reconcile(name);
    const { conditions = [], lastAttemptedRevision = '' } = gitSync.status ?? {};
    const ready = conditions.find(({ type }) => type === 'Ready');
    if (ready?.reason !== reason || !lastAttemptedRevision.endsWith(commit))
      throw new Error(JSON.stringify(gitSync.status, null, 1));
    return gitSync;
  });
}

/** The message of Ready once it has `reason`, for which it may take a minute. */
export async function untilMessage(world: SyncWorld, name: string, reason: string): Promise<string> {
  const { status } = await eventually(() => world.untilReason(name, reason), { timeoutMs: 60_000 });
  return status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
}
