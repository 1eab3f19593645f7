/** @module Brings the cluster to the revision in force: plan, record, apply, prune. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { APPROVE_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, describeIdentity } from '../../shared/resources/object-meta.ts';
import { applyWaves, upTo, type WavesReport } from '../../shared/sync/apply-waves.ts';
import { completeProofs } from '../../shared/sync/complete-proofs.ts';
import { findLosses } from '../../shared/sync/find-losses.ts';
import type { InventoryStore } from '../../shared/sync/inventory-store.ts';
import { prunePlan } from '../../shared/sync/prune-plan.ts';
import { recordPending } from '../../shared/sync/record-pending.ts';
import { APPLY_CONCURRENCY, runLimited } from '../../shared/sync/run-limited.ts';
import { kindsOf } from '../../shared/sync/wanted-kinds.ts';
import { protectedItems } from '../../shared/sync-plan/approval.ts';
import type { ApprovalHold } from '../../shared/sync-plan/approvals.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { type PlanInput, type PlannedPrune, planPrune, planSync, type SyncPlan } from '../../shared/sync-plan/plan.ts';
import { protectPrunes } from '../../shared/sync-plan/protected-prunes.ts';
import { askOf } from '../git-syncs/git-sync-cache.ts';
import type { HealthReport } from '../keeping/health-wait.ts';
import type { SecretsReport } from '../keeping/secrets-wait.ts';
import { assertReadable } from './assert-readable.ts';
import type { EnforcedRevision, SyncState } from './sync-state.ts';
import type { SyncStates } from './sync-states.ts';
import type { EnforceReport } from './sync-summary.ts';

/** What enforcing works with, for all GitSyncs. */
export interface EnforceDependencies {
  readonly store: InventoryStore;
  readonly states: Pick<SyncStates, 'isOwnedBy'>;
  readonly controllerNamespace: string;
  readonly nowMs: () => number;
  /** Whether somebody is known to unseal SealedSecrets here, and to say so. */
  readonly isUnsealed: boolean;
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

/** One round towards the revision in force. @throws KubeError; RefusedError `TooManyObjects` and `Forbidden`, before anything was written */
export async function enforce(dependencies: EnforceDependencies, input: EnforceInput): Promise<EnforceReport> {
  const { store, nowMs } = dependencies;
  const { state, signal } = input;
  const { client, hub } = state.reached;
  const kinds = kindsOf(state.book.entries, state.enforced?.wanted.values() ?? []);
  await hub.follow(state.owner, kinds, signal);
  await hub.confirm(state.owner);
  assertReadable(state.reached, input.revision);
  completeProofs(state.book, input.revision.wanted.values(), hub);
  const planInput = planInputOf(dependencies, input);
  const plan = planSync(planInput);
  if (hasWork(plan)) await input.onWork();
  await recordPending(store, state, plan);
  const { revision } = input;
  const approved = annotationOf(input.gitSync.metadata, APPROVE_ANNOTATION);
  state.approvals.begin(revision.commit, approved);
  // Of other clusters nobody here knows who unseals in them.
  const isUnsealed = dependencies.isUnsealed && state.reached.isOwn;
  const areHealthy = (objects: readonly DesiredObject[]) => checkHealth(input, objects);
  if (isWaiting(input)) state.health.listen();
  const waves = await applyWaves(
    { state, client, hub, kinds, nowMs, signal, revision, wanted: revision.wanted, areHealthy, isUnsealed },
    plan,
  );
  if (waves.dropped > 0) return interrupt(dependencies, input, waves);
  const drift = await lookAtDrift(input, plan);
  const { hold, held, dropped: _none, ...done } = waves;
  const secrets = awaitUnsealing(input, waves, nowMs());
  const applied = { ...done, failures: [...done.failures, ...secrets.failures] };
  const isIncomplete = hold !== null || applied.failures.length > 0 || held.length > 0;
  // A repair that began under the revision before may be writing an object that is to go.
  await state.keeper.idle();
  const planned = await protect(input, planPrune(planInput), nowMs());
  const { due, heldBack } = selectPrunes(planned, input.isOutdated || isIncomplete);
  const pruned = await prunePlan({ state, client, signal }, due);
  await store.saveQuickly(state);
  const approval = await askApproval(input, planned, approved);
  const health = await findHealth(input, waves, nowMs);
  const waits = { ...(hold && { hold }), ...(health && { health }), ...(secrets.leftMs !== null && { secrets }) };
  return { applied, pruned, heldBack, ...drift, ...(approval && { approval }), ...waits };
}

/** What was written is remembered, and nothing more is done: the next look is for what is wanted by now. */
async function interrupt(
  { store }: EnforceDependencies,
  { state }: EnforceInput,
  { created, changed, failures }: WavesReport,
): Promise<EnforceReport> {
  await state.keeper.idle();
  await store.saveQuickly(state);
  const pruned = { deleted: [], released: [], waiting: [], failures: [] };
  return { applied: { created, changed, failures }, pruned, heldBack: 0, isInterrupted: true };
}

/** A commit, a change of the specification and a request each begin a wait of their own. */
function awaitUnsealing(
  { gitSync, state, revision }: EnforceInput,
  { held }: WavesReport,
  nowMs: number,
): SecretsReport {
  const id = JSON.stringify([revision.commit, askOf(gitSync)]);
  return state.secrets.report(held, { id, gitSync, hub: state.reached.hub, nowMs });
}

/** What differs from Git and stays so, as it is now. */
async function lookAtDrift(
  { state, signal }: EnforceInput,
  { drifted, kept, prune }: SyncPlan,
): Promise<Pick<EnforceReport, 'drifts' | 'leftAlone' | 'fightEndsInMs'>> {
  await runLimited(drifted, { limit: APPLY_CONCURRENCY, signal }, async ({ key }) => {
    await state.keeper.ensure(key);
  });
  const fightEndsInMs = state.keeper.settleDrifts();
  const drifts = state.keeper.drifts.list();
  const handsOff = kept.filter(({ kind }) => kind === 'hands-off').map(({ desired }) => desired);
  const stays = prune.filter(({ decision }) => decision.kind === 'keep' && decision.isHandsOff === true);
  const leftAlone = [...handsOff, ...stays].map(({ identity }) => describeIdentity(identity));
  return {
    ...(drifts.length > 0 && { drifts }),
    ...(leftAlone.length > 0 && { leftAlone }),
    ...(fightEndsInMs !== null && { fightEndsInMs }),
  };
}

/** Nothing is deleted on the word of the revision before, so nobody is asked about it either. */
async function protect(
  { gitSync, state, revision, isOutdated }: EnforceInput,
  planned: readonly PlannedPrune[],
  nowMs: number,
): Promise<readonly PlannedPrune[]> {
  if (isOutdated) return planned;
  const isApproved = (uid: string) => state.approvals.isApproved(uid);
  const open = planned.filter(({ decision }) => decision.kind !== 'delete' || !isApproved(decision.uid));
  const going = planned.filter((item) => !open.includes(item));
  const ask = JSON.stringify([revision.commit, askOf(gitSync)]);
  const losses = await state.losses.find({ ask, planned: open, nowMs }, () =>
    findLosses({ client: state.reached.client, kinds: state.kinds }, open, going),
  );
  return protectPrunes(planned, losses, isApproved);
}

/** What of this round waits for approval; null for nothing. */
async function askApproval(
  { state, revision, isOutdated }: EnforceInput,
  planned: readonly PlannedPrune[],
  approved: string | undefined,
): Promise<ApprovalHold | null> {
  if (isOutdated) return null;
  const items = [...protectedItems(planned), ...state.approvals.recreations()];
  return state.approvals.settle({ owner: state.owner, commit: revision.commit, items }, approved);
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
  { hold, failures, held }: WavesReport,
  nowMs: () => number,
): Promise<HealthReport | null> {
  const { gitSync, state, revision, signal } = input;
  if (!isWaiting(input) || failures.length > 0 || held.length > 0) {
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
    isOwnedBy: (owner, key) => dependencies.states.isOwnedBy(owner, key, state.cluster),
    gitSync: state.request,
    controllerNamespace: dependencies.controllerNamespace,
    desired: [...revision.wanted.values()],
    owned: state.book.entries,
    live: state.reached.hub,
    isPruning: gitSync.spec.prune === true,
  };
}

function hasWork(plan: SyncPlan): boolean {
  return plan.apply.length > 0 || plan.prune.some(({ decision }) => decision.kind === 'delete');
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
