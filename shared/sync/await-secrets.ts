/**
 * @module Lets workloads come after the SealedSecrets that their Secrets are made of, so that no pod starts with a value of before.
 * Only those of the same revision count. Nobody stands and waits: what has to come later is left to a later round.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../errors/describe-error.ts';
import type { KubeReader } from '../kube/client.ts';
import { SEALED_SECRETS } from '../kube/resource-type.ts';
import type { SyncFailure } from '../resources/git-sync.ts';
import { describeIdentity, type ObjectKey, objectKey } from '../resources/object-meta.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { assessHealth } from '../sync-plan/health.ts';
import type { Health } from '../sync-plan/health-view.ts';
import type { LiveView } from '../sync-plan/live-object.ts';
import { secretsOf } from '../sync-plan/secret-references.ts';
import { objectFailure } from '../sync-plan/sync-failure.ts';
import { waveOf } from '../sync-plan/waves.ts';
import { runLimited } from './run-limited.ts';
import { isLeftToOthers } from './sealed-preflight.ts';

/** What looking takes. */
export interface AwaitSecretsOptions {
  readonly wanted: ReadonlyMap<ObjectKey, DesiredObject>;
  readonly hub: LiveView;
  readonly client: Pick<KubeReader, 'get'>;
  /** What could not be applied just now. */
  readonly failed: ReadonlySet<ObjectKey>;
  /** Whether somebody is known to unseal, and to say so: then a SealedSecret of which nothing was ever said is waited for, too. Default: yes. */
  readonly isUnsealed?: boolean;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** A workload that is not applied now. */
export interface HeldConsumer {
  readonly desired: DesiredObject;
  /** What it needs and what is not unsealed. */
  readonly sealed: DesiredObject;
  /** resourceVersion of that as it was looked at; null when it was not there. What has another one by now is worth another look. */
  readonly seenVersion: string | null;
  /** `failed`: it cannot be unsealed, or could not be applied. `waiting`: it was not unsealed yet. */
  readonly state: 'failed' | 'waiting';
  /** Why, as the end of a sentence. */
  readonly reason: string;
}

/** Unsealing takes milliseconds: that long a round goes on, and what takes longer is left to a later one. */
const GRACE_MS = 250;
/** Between two looks at what the watch told; the server is asked only after it told something. */
const LOOK_MS = 20;
const CONCURRENCY = 8;

/** Whether `wanted` has a SealedSecret of which `consumer` uses the Secret. */
export function needsSealed(wanted: AwaitSecretsOptions['wanted'], consumer: DesiredObject): boolean {
  return findSealed(wanted, consumer).length > 0;
}

/** Those of `consumers` that must not be applied now, since a SealedSecret of theirs was not unsealed at its present generation. */
export async function awaitSecrets(
  options: AwaitSecretsOptions,
  consumers: readonly DesiredObject[],
): Promise<readonly HeldConsumer[]> {
  const needs = consumers.map((desired) => ({ desired, needed: findSealed(options.wanted, desired) }));
  const sealed = new Map(needs.flatMap(({ needed }) => needed).map((one) => [one.key, one]));
  const looks = new Map<ObjectKey, Look>();
  const deadline = options.nowMs() + GRACE_MS;
  await runLimited([...sealed.values()], { limit: CONCURRENCY, signal: options.signal }, async (one) => {
    looks.set(one.key, await settle(options, one, deadline));
  });
  return needs.flatMap(({ desired, needed }) => holdOf(desired, needed, looks) ?? []);
}

/** What `held` are for a status; `isOverdue` when they were waited for long enough, which is `timeout`. */
export function describeHeld(
  held: readonly HeldConsumer[],
  isOverdue: boolean,
  timeout: string,
): readonly SyncFailure[] {
  return held.map(({ desired, state, sealed, reason }) => {
    const late = `is not applied: ${describeIdentity(sealed.identity)} was not unsealed within ${timeout}: ${reason}`;
    const words = state === 'failed' ? `is not applied with a Secret of before: ${reason}` : `waits: ${reason}`;
    return objectFailure(desired.identity, desired.origin, isOverdue && state === 'waiting' ? late : words);
  });
}

interface Look {
  readonly health: Health;
  readonly seenVersion: string | null;
}

/** One that failed says more than one that takes its time. */
function holdOf(
  desired: DesiredObject,
  needed: readonly DesiredObject[],
  looks: ReadonlyMap<ObjectKey, Look>,
): HeldConsumer | null {
  const stateOf = ({ key }: DesiredObject) => looks.get(key)?.health.state;
  const failed = needed.find((one) => stateOf(one) === 'failed');
  const sealed = failed ?? needed.find((one) => stateOf(one) !== 'healthy');
  const look = sealed === undefined ? undefined : looks.get(sealed.key);
  if (sealed === undefined || look === undefined) return null;
  const reason = `${describeIdentity(sealed.identity)} ${look.health.message}`;
  return { desired, sealed, seenVersion: look.seenVersion, state: failed === undefined ? 'waiting' : 'failed', reason };
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

/** A SealedSecret that settled for its present generation, or what is known of it at the deadline. */
async function settle(options: AwaitSecretsOptions, sealed: DesiredObject, deadline: number): Promise<Look> {
  const { hub, nowMs, signal } = options;
  if (options.failed.has(sealed.key)) {
    return { health: { state: 'failed', message: 'could not be applied' }, seenVersion: versionOf(hub, sealed) };
  }
  let look: Look | null = null;
  for (;;) {
    const seenVersion = versionOf(hub, sealed);
    if (look === null || seenVersion !== look.seenVersion) look = { health: await read(options, sealed), seenVersion };
    const { state } = look.health;
    if (state === 'healthy' || state === 'failed' || nowMs() >= deadline) return look;
    await delay(LOOK_MS, undefined, { signal });
  }
}

function versionOf(hub: LiveView, { identity }: DesiredObject): string | null {
  const lookup = hub.find(identity);
  return typeof lookup === 'object' ? lookup.resourceVersion : null;
}

async function read({ client, isUnsealed = true }: AwaitSecretsOptions, sealed: DesiredObject): Promise<Health> {
  if (isLeftToOthers(sealed.object)) return HEALTHY;
  const { namespace, name } = sealed.identity;
  try {
    const object = await client.get(SEALED_SECRETS, { namespace, name });
    if (object === null) return { state: 'unknown', message: 'is not there' };
    return !isUnsealed && object['status'] === undefined ? HEALTHY : assessHealth(object);
  } catch (error) {
    return { state: 'unknown', message: `cannot be read: ${describeError(error)}` };
  }
}

const HEALTHY: Health = { state: 'healthy', message: 'is left to others' };
