/** @module Waits until objects are healthy, by asking: for runs that have no watches. */
import type { KubeReader } from '../kube/client.ts';
import type { SyncFailure } from '../resources/git-sync.ts';
import { versionOf } from '../resources/object-meta.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { assessHealth, hasHealth } from '../sync-plan/health.ts';
import type { Health } from '../sync-plan/health-view.ts';
import { objectFailure } from '../sync-plan/sync-failure.ts';
import { readLive } from './read-live.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What waiting takes. */
export interface WaitForHealthOptions {
  readonly client: KubeReader;
  readonly kinds: ServedKinds;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** On the clock of `nowMs`. */
  readonly deadlineMs: number;
}

const POLL_MS = 1_000;

/** What of `objects` is not healthy when all are, one failed for good, or the deadline passed. Each is asked about once a second at most. */
export async function waitForHealth(
  options: WaitForHealthOptions,
  objects: readonly DesiredObject[],
): Promise<readonly SyncFailure[]> {
  let open = objects.filter(({ identity }) => hasHealth(identity));
  for (;;) {
    const looks = await look(options, open);
    const unhealthy = looks.filter(({ health }) => health.state !== 'healthy');
    const hasFailed = unhealthy.some(({ health }) => health.state === 'failed');
    if (unhealthy.length === 0 || hasFailed || options.nowMs() >= options.deadlineMs) {
      return unhealthy.map(({ desired, health }) => objectFailure(desired.identity, desired.origin, health.message));
    }
    open = unhealthy.map(({ desired }) => desired);
    await options.sleep(POLL_MS);
  }
}

async function look(
  { client, kinds }: WaitForHealthOptions,
  objects: readonly DesiredObject[],
): Promise<readonly { readonly desired: DesiredObject; readonly health: Health }[]> {
  const typed = objects.map(async ({ identity, object }) => ({
    identity,
    type: await kinds.findForEntry({ ...identity, version: versionOf(object.apiVersion) }),
  }));
  const live = await readLive(client, await Promise.all(typed));
  return objects.map((desired) => {
    const object = live.find(desired.key);
    const problem = live.problemOf(desired.key);
    if (object !== null) return { desired, health: assessHealth(object) };
    const message = problem === null ? 'is not there' : `cannot be read: ${problem}`;
    return { desired, health: { state: 'progressing', message } };
  });
}
