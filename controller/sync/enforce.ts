/** @module Brings the cluster to the revision in force: plan, record, apply, prune. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { pendingEntry } from '../../shared/sync-plan/inventory.ts';
import { type PlanInput, type PlannedPrune, planPrune, planSync, type SyncPlan } from '../../shared/sync-plan/plan.ts';
import { kindsOf } from './apply-plan.ts';
import { applyWaves, upTo, type WavesReport } from './apply-waves.ts';
import { askOf } from './git-sync-cache.ts';
import type { HealthReport } from './health-wait.ts';
import type { InventoryStore } from './inventory-store.ts';
import { prunePlan } from './prune-plan.ts';
import type { SyncClient } from './sync-client.ts';
import type { EnforcedRevision, SyncState } from './sync-state.ts';
import type { SyncStates } from './sync-states.ts';
import type { EnforceReport } from './sync-summary.ts';
import type { WatchHub } from './watch-hub.ts';

/** What enforcing works with, for all GitSyncs. */
export interface EnforceDependencies {
  readonly client: SyncClient;
  readonly hub: WatchHub;
  readonly store: InventoryStore;
  readonly states: Pick<SyncStates, 'isOwnedBy'>;
  readonly controllerNamespace: string;
  readonly nowMs: () => number;
}

/** What enforcing works on. */
export interface EnforceInput {
  readonly gitSync: GitSync;
  readonly state: SyncState;
  readonly revision: EnforcedRevision;
  /** The revision before what Git wants now: nothing is deleted on its word. */
  readonly isOutdated: boolean;
  readonly signal: AbortSignal;
  /** Called when there is something to write, before it is written. */
  readonly onWork: () => Promise<void>;
}

/** One round towards the revision in force. @throws KubeError; RefusedError `TooManyObjects`, before anything was written */
export async function enforce(dependencies: EnforceDependencies, input: EnforceInput): Promise<EnforceReport> {
  const { client, hub, store, nowMs } = dependencies;
  const { state, signal } = input;
  const kinds = kindsOf(state);
  await hub.follow(state.owner, kinds, signal);
  await hub.confirm(state.owner);
  const planInput = planInputOf(dependencies, input);
  const plan = planSync(planInput);
  if (hasWork(plan)) await input.onWork();
  await recordPending(store, state, plan);
  const { revision } = input;
  const areHealthy = (objects: readonly DesiredObject[]) => checkHealth(input, objects);
  if (isWaiting(input)) state.health.listen();
  const waves = await applyWaves(
    { state, client, hub, kinds, nowMs, signal, revision, wanted: revision.wanted, areHealthy },
    plan,
  );
  const { hold, ...applied } = waves;
  const isIncomplete = hold !== null || applied.failures.length > 0;
  // A repair that began under the revision before may be writing an object that is to go.
  await state.keeper.idle();
  const { due, heldBack } = selectPrunes(planPrune(planInput), input.isOutdated || isIncomplete);
  const pruned = await prunePlan({ state, client, signal }, due);
  await store.saveDue(state);
  const health = await findHealth(input, waves, nowMs);
  return { applied, pruned, heldBack, ...(hold && { hold }), ...(health && { health }) };
}

/** Of the revision before the wanted one, nobody waits for anything. */
function isWaiting({ gitSync, isOutdated }: EnforceInput): boolean {
  return gitSync.spec.wait === true && !isOutdated;
}

async function checkHealth(input: EnforceInput, objects: readonly DesiredObject[]): Promise<boolean> {
  if (!isWaiting(input)) return true;
  await input.state.health.look(objects, input.signal);
  return input.state.health.unhealthy().length === 0;
}

/** The health of what is applied; null where nobody waits for it, or something else comes first. */
async function findHealth(
  input: EnforceInput,
  { hold, failures }: WavesReport,
  nowMs: () => number,
): Promise<HealthReport | null> {
  const { gitSync, state, revision, signal } = input;
  if (!isWaiting(input) || failures.length > 0) {
    state.stopWaiting();
    return null;
  }
  const objects = hold === null ? [...revision.wanted.values()] : upTo(revision, hold.wave);
  await state.health.look(objects, signal);
  // A commit, a change of the specification and a request each begin a wait of their own, and so does each wave.
  const id = JSON.stringify([revision.commit, askOf(gitSync), hold?.wave]);
  return state.waitFor({ id, objects: objects.length }, gitSync, nowMs());
}

/** What a plan for `input` is made from, at this moment. */
function planInputOf(dependencies: EnforceDependencies, { gitSync, state, revision }: EnforceInput): PlanInput {
  return {
    owner: state.owner,
    isOwnedBy: (owner, key) => dependencies.states.isOwnedBy(owner, key),
    gitSync: state.request,
    controllerNamespace: dependencies.controllerNamespace,
    desired: [...revision.wanted.values()],
    owned: state.book.entries,
    live: dependencies.hub,
    isPruning: gitSync.spec.prune === true,
  };
}

function hasWork(plan: SyncPlan): boolean {
  return plan.apply.length > 0 || plan.prune.some(({ decision }) => decision.kind === 'delete');
}

/**
 * Invariant: an object is in the stored Inventory before it is first written, so that whatever moment a process dies at, what it
 * made can be found again.
 */
async function recordPending(store: InventoryStore, state: SyncState, plan: SyncPlan): Promise<void> {
  const added = plan.apply.filter(({ desired }) => !state.book.entries.has(desired.key));
  for (const { desired } of added) state.book.set(desired.key, pendingEntry(desired));
  try {
    await store.save(state);
  } catch (error) {
    for (const { desired } of added) state.book.delete(desired.key);
    throw error;
  }
}

/** While anything is not in place, only entries without an object leave: the old ones may be what the new ones stand in for. */
function selectPrunes(
  planned: readonly PlannedPrune[],
  isHeldBack: boolean,
): { readonly due: readonly PlannedPrune[]; readonly heldBack: number } {
  if (!isHeldBack) return { due: planned, heldBack: 0 };
  const due = planned.filter(({ decision }) => ['gone', 'terminating', 'unreadable'].includes(decision.kind));
  return { due, heldBack: planned.filter(({ decision }) => decision.kind === 'delete').length };
}
