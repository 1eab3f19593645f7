/**
 * @module Lets workloads come after the SealedSecrets that their Secrets are made of, so that no pod starts with a value of before.
 * Only those of the same revision count, and only for a while: a cluster whose unsealer reports nothing still gets its workloads.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { describeIdentity, type ObjectKey, objectKey } from '../../shared/resources/object-meta.ts';
import { runLimited } from '../../shared/sync/run-limited.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { assessHealth } from '../../shared/sync-plan/health.ts';
import type { Health } from '../../shared/sync-plan/health-view.ts';
import { secretsOf } from '../../shared/sync-plan/secret-references.ts';
import { waveOf } from '../../shared/sync-plan/waves.ts';
import type { WatchHub } from './watch-hub.ts';

/** What waiting takes. */
export interface AwaitSecretsOptions {
  readonly wanted: ReadonlyMap<ObjectKey, DesiredObject>;
  readonly hub: Pick<WatchHub, 'find'>;
  readonly client: Pick<KubeReader, 'get'>;
  /** What could not be applied just now. */
  readonly failed: ReadonlySet<ObjectKey>;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** Unsealing takes milliseconds, and a start with thousands of SealedSecrets a few seconds. */
const MAX_WAIT_MS = 10_000;
/** Between two looks at what the watch told; the server is asked only after it told something. */
const LOOK_MS = 20;
const CONCURRENCY = 8;

/** Whether `wanted` has a SealedSecret of which `consumer` uses the Secret. */
export function needsSealed(wanted: AwaitSecretsOptions['wanted'], consumer: DesiredObject): boolean {
  return findSealed(wanted, consumer).length > 0;
}

/** Waits for the SealedSecrets of `consumers`. Each of these that must not be applied now, with why, as the end of a sentence. */
export async function awaitSecrets(
  options: AwaitSecretsOptions,
  consumers: readonly DesiredObject[],
): Promise<ReadonlyMap<ObjectKey, string>> {
  const needs = new Map(consumers.map((consumer) => [consumer.key, findSealed(options.wanted, consumer)]));
  const sealed = new Map([...needs.values()].flat().map((one) => [one.key, one]));
  const healths = new Map<ObjectKey, Health>();
  const deadline = options.nowMs() + MAX_WAIT_MS;
  await runLimited([...sealed.values()], { limit: CONCURRENCY, signal: options.signal }, async (one) => {
    healths.set(one.key, await settle(options, one, deadline));
  });
  const held = new Map<ObjectKey, string>();
  for (const [key, needed] of needs) {
    const failed = needed.find((one) => healths.get(one.key)?.state === 'failed');
    if (failed === undefined) continue;
    const why = `${describeIdentity(failed.identity)} ${healths.get(failed.key)?.message ?? ''}`;
    held.set(key, `is not applied with a Secret of before: ${why}`);
  }
  return held;
}

/** The SealedSecrets that make Secrets of `consumer`; one of a later wave is not there yet, as was asked for. */
function findSealed(
  wanted: AwaitSecretsOptions['wanted'],
  { object, identity }: DesiredObject,
): readonly DesiredObject[] {
  const { group, kind } = SEALED_SECRETS;
  const { namespace } = identity;
  return [...secretsOf(object)].flatMap((name) => {
    const sealed = wanted.get(objectKey({ group, kind, namespace, name }));
    return sealed === undefined || waveOf(sealed.object.metadata) > waveOf(object.metadata) ? [] : [sealed];
  });
}

/** The health of a SealedSecret once it is known for its present generation, or what is known at the deadline. */
async function settle(options: AwaitSecretsOptions, sealed: DesiredObject, deadline: number): Promise<Health> {
  const { hub, nowMs, signal } = options;
  if (options.failed.has(sealed.key)) return { state: 'failed', message: 'could not be applied' };
  let health: Health = { state: 'unknown', message: 'is not there' };
  let readVersion: string | null = null;
  for (;;) {
    const lookup = hub.find(sealed.identity);
    const version = typeof lookup === 'object' ? lookup.resourceVersion : null;
    if (version !== readVersion) health = await read(options, sealed);
    readVersion = version;
    if (version === null || health.state === 'healthy' || health.state === 'failed') return health;
    if (nowMs() >= deadline) return health;
    await delay(LOOK_MS, undefined, { signal });
  }
}

async function read({ client }: AwaitSecretsOptions, { identity }: DesiredObject): Promise<Health> {
  const { namespace, name } = identity;
  try {
    const object = await client.get(SEALED_SECRETS, { namespace, name });
    return object === null ? { state: 'unknown', message: 'is not there' } : assessHealth(object);
  } catch (error) {
    return { state: 'unknown', message: `cannot be read: ${describeError(error)}` };
  }
}
