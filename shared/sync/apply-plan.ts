/** @module Applies what a plan says, stage by stage; independent objects go on when one fails. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../errors/describe-error.ts';
import type { KubeReader } from '../kube/client.ts';
import type { SyncFailure } from '../resources/git-sync.ts';
import type { ObjectKey } from '../resources/object-meta.ts';
import { customKindsOf, kindKey } from '../sync-plan/custom-kinds.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import type { LiveView } from '../sync-plan/live-object.ts';
import { DEFINITION_STAGE, toApplyStages } from '../sync-plan/order.ts';
import type { PlannedApply, SyncPlan } from '../sync-plan/plan.ts';
import { objectFailure } from '../sync-plan/sync-failure.ts';
import { awaitSecrets, type HeldConsumer, needsSealed } from './await-secrets.ts';
import { findDefinitionProblem } from './definition-problem.ts';
import type { KeepResult } from './keep-result.ts';
import { APPLY_CONCURRENCY, runLimited } from './run-limited.ts';
import type { ServedKinds } from './served-kinds.ts';
import type { PlanReport } from './sync-reports.ts';
import type { WantedKind } from './wanted-kinds.ts';

/** The GitSync on whose behalf objects are applied. */
export interface ApplyState {
  /** `namespace/name`. */
  readonly owner: string;
  readonly kinds: ServedKinds;
  readonly keeper: {
    /** Applies the object that Git wants under `key`, if it is not in place. Never throws. */
    ensure(key: ObjectKey): Promise<KeepResult>;
  };
}

/** The objects that live now, of the kinds that are followed. */
export interface FollowedObjects extends LiveView {
  /** Makes `wanted` the kinds that `subscriber` follows, and resolves when each was listed or could not be. */
  follow(subscriber: string, wanted: readonly WantedKind[], signal?: AbortSignal): Promise<void>;
}

/** What applying takes. */
export interface ApplyPlanOptions {
  readonly state: ApplyState;
  readonly client: Pick<KubeReader, 'get'>;
  readonly hub: FollowedObjects;
  /** Every kind that the GitSync follows, to look again for those that a definition just made known. */
  readonly kinds: readonly WantedKind[];
  /** Everything that the revision wants, to find the SealedSecrets that workloads need. */
  readonly wanted: ReadonlyMap<ObjectKey, DesiredObject>;
  /** As in {@link AwaitSecretsOptions}. */
  readonly isUnsealed?: boolean;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** A definition is normally established, and its kinds are served, within a tenth of a second. */
const MAX_KIND_WAIT_MS = 30_000;
const FIRST_POLL_MS = 30;
const MAX_POLL_MS = 1_000;

/**
 * Carries out `plan.apply`, and reports `plan.blocked` as failures. Never throws for a single object. Definitions are awaited for
 * `later` objects as well, which another plan will bring.
 */
export async function applyPlan(
  options: ApplyPlanOptions,
  plan: Pick<SyncPlan, 'apply' | 'blocked'>,
  later: readonly PlannedApply[] = [],
): Promise<PlanReport> {
  const failures = plan.blocked.map(({ desired, reason }) => objectFailure(desired.identity, desired.origin, reason));
  const failed = new Set(plan.blocked.map(({ desired }) => desired.key));
  const counts = { created: 0, changed: 0, dropped: 0 };
  const definitions: PlannedApply[] = [];
  const held: HeldConsumer[] = [];
  for (const { stage, items } of toApplyStages(plan.apply)) {
    if (stage > DEFINITION_STAGE) {
      const users = [...items, ...usersOf(definitions, [...plan.apply, ...later])];
      failures.push(...(await awaitNewKinds(options, definitions.splice(0), users)));
    }
    const run = (some: readonly PlannedApply[]): Promise<void> =>
      runLimited(some, { limit: APPLY_CONCURRENCY, signal: options.signal }, async (item) => {
        const failure = await applyOne(options.state, item, counts);
        if (failure) failed.add(item.desired.key);
        if (failure) failures.push(failure);
        else if (stage === DEFINITION_STAGE) definitions.push(item);
      });
    const consumers = items.filter((item) => bringsNews(item) && needsSealed(options.wanted, item.desired));
    const others = [...new Set(items).difference(new Set(consumers))];
    const runConsumers = async (): Promise<void> => {
      const users = consumers.map(({ desired }) => desired);
      const later = await awaitSecrets({ ...options, failed }, users);
      held.push(...later);
      const heldKeys = new Set(later.map(({ desired }) => desired.key));
      await run(consumers.filter(({ desired }) => !heldKeys.has(desired.key)));
    };
    await Promise.all([run(others), runConsumers()]);
  }
  failures.push(...(await awaitNewKinds(options, definitions, usersOf(definitions, later))));
  options.signal.throwIfAborted();
  return { ...counts, failures, held };
}

/** What is only repaired, or taken over, had its Secrets before. */
function bringsNews({ cause }: PlannedApply): boolean {
  return cause === 'missing' || cause === 'changed';
}

/** Those of `items` whose kinds the definitions bring. */
function usersOf(definitions: readonly PlannedApply[], items: readonly PlannedApply[]): readonly PlannedApply[] {
  if (definitions.length === 0) return [];
  const brought = customKindsOf(definitions.map(({ desired }) => desired));
  return items.filter(({ identity }) => brought.has(kindKey(identity.group, identity.kind)));
}

async function applyOne(
  state: ApplyPlanOptions['state'],
  { desired }: PlannedApply,
  counts: { created: number; changed: number; dropped: number },
): Promise<SyncFailure | null> {
  const result = await state.keeper.ensure(desired.key);
  switch (result.kind) {
    case 'unchanged':
    case 'deferred':
    case 'drifted':
      return null;
    case 'dropped':
      counts.dropped += 1;
      return null;
    case 'applied':
      if (result.wasWritten) counts[result.cause === 'missing' ? 'created' : 'changed'] += 1;
      return null;
    case 'blocked':
      return objectFailure(desired.identity, desired.origin, result.reason);
    case 'failed':
      return objectFailure(desired.identity, desired.origin, result.message);
  }
}

/**
 * Waits until `definitions` are established, and every kind of `items` is served and can be listed; only then can be told who owns
 * its objects. What is still missing after a while fails by itself, object by object, and the definitions say why.
 */
async function awaitNewKinds(
  options: ApplyPlanOptions,
  definitions: readonly PlannedApply[],
  items: readonly PlannedApply[],
): Promise<readonly SyncFailure[]> {
  const { state, hub, kinds, nowMs, signal } = options;
  if (definitions.length === 0) return [];
  const deadline = nowMs() + MAX_KIND_WAIT_MS;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 2)) {
    const problems = await explainDefinitions(options, definitions);
    if (problems.length === 0 && !(await isAnyMissing(options, items))) return [];
    if (nowMs() >= deadline) return problems;
    await delay(pollMs, undefined, { signal });
    state.kinds.forget();
    await hub.follow(state.owner, kinds, signal);
  }
}

/** A kind may be followed in one version while the wanted one is still to come. */
async function isAnyMissing({ state, hub }: ApplyPlanOptions, items: readonly PlannedApply[]): Promise<boolean> {
  const examples = new Map(
    items.map(({ desired }) => [`${desired.object.apiVersion} ${desired.object.kind}`, desired]),
  );
  for (const { identity, object } of examples.values()) {
    if (hub.find(identity) === 'unserved') return true;
    if ((await state.kinds.find(object.apiVersion, object.kind)) === null) return true;
  }
  return false;
}

/** What keeps definitions from being established, as failures of theirs. */
async function explainDefinitions(
  { client }: ApplyPlanOptions,
  definitions: readonly PlannedApply[],
): Promise<readonly SyncFailure[]> {
  const explained = definitions.map(async ({ desired: { identity, origin } }) => {
    const problem = await findDefinitionProblem(client, identity.name).catch(describeError);
    return problem === null ? [] : [objectFailure(identity, origin, problem)];
  });
  return (await Promise.all(explained)).flat();
}
