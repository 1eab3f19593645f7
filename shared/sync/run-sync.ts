/**
 * @module One sync from beginning to end, without a controller: render, guard, record, apply, prune. Every decision is that of the controller; what
 * it proves by digests that it kept is found out by applying, which changes nothing where everything is in place.
 */
import type { SyncFailure } from '../resources/git-sync.ts';
import { objectKey } from '../resources/object-meta.ts';
import { type ApprovalItem, protectedItems } from '../sync-plan/approval.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { type PlannedPrune, planPrune, planSync } from '../sync-plan/plan.ts';
import { sortFailures } from '../sync-plan/sync-failure.ts';
import { applyWaves, type WavesReport } from './apply-waves.ts';
import { describeHeld } from './await-secrets.ts';
import { protectPlan, refusePlan, refuseSealed } from './guard-run.ts';
import { beginRun, prepareRun, type Run, type RunSyncDependencies, type RunSyncInput } from './prepare-run.ts';
import { prunePlan } from './prune-plan.ts';
import { recordPending } from './record-pending.ts';
import type { RefusedRun } from './refused-run.ts';
import { createServedKinds } from './served-kinds.ts';
import type { PruneReport } from './sync-reports.ts';
import { waitForHealth } from './wait-for-health.ts';
import { kindsOf } from './wanted-kinds.ts';

/** What was done. */
export interface FinishedRun {
  readonly kind: 'finished';
  /** Everything that Git wants and that is in place, with what this run did about it. */
  readonly applied: readonly {
    readonly desired: DesiredObject;
    readonly action: 'created' | 'changed' | 'unchanged';
  }[];
  readonly pruned: PruneReport;
  /** Objects that left Git and stay until everything else is in place. */
  readonly heldBack: number;
  /** What left Git and stays, since its deletion would take other things along, each with what. */
  readonly kept: readonly ApprovalItem[];
  readonly failures: readonly SyncFailure[];
  /** What is not healthy at the end; empty where nobody waits for it. */
  readonly unhealthy: readonly SyncFailure[];
}

/** How a run ended. */
export type SyncRun = RefusedRun | FinishedRun;

const POLL_MS = 500;

/**
 * Syncs once. Single objects that fail say so.
 * @throws KubeError; SubstitutionError; what building a kustomization throws; SyncError `SYNC_TOO_MANY_OBJECTS`, before anything was written
 */
export async function runSync(dependencies: RunSyncDependencies, input: RunSyncInput): Promise<SyncRun> {
  const kinds = createServedKinds(dependencies.client);
  const prepared = await prepareRun(dependencies, input, kinds);
  if ('reason' in prepared) return prepared;
  const run = await beginRun(dependencies, input, { ...prepared, kinds });
  const refusal = (await refuseSealed(run)) ?? (await refusePlan(run));
  if (refusal !== null) return refusal;
  const waves = await applyAll(run);
  const held = describeHeld(waves.held, true, input.timeout);
  const failures = sortFailures([...waves.failures, ...held]);
  const isIncomplete = failures.length > 0 || waves.hold !== null;
  const planned = await protectPlan(run, planPrune(run.planInput));
  const due = isIncomplete ? planned.filter(({ decision }) => decision.kind === 'gone') : planned;
  const pruned = await pruneAll(run, due);
  await run.store.flush(run.inventory);
  const unhealthy = isIncomplete || !input.isWaiting ? [] : await waitForHealth(run, [...run.wanted.values()]);
  const heldBack = isIncomplete ? planned.filter(({ decision }) => decision.kind === 'delete').length : 0;
  const kept = protectedItems(planned);
  return { kind: 'finished', applied: appliedOf(run, failures), pruned, heldBack, kept, failures, unhealthy };
}

/** As many rounds as it takes until what workloads need is unsealed, or the time is up. */
async function applyAll(run: Run): Promise<WavesReport> {
  const { nowMs, sleep, store, inventory, live, input } = run;
  for (;;) {
    const plan = planSync(run.planInput);
    await recordPending(store, inventory, plan);
    const waves = await applyWaves(
      {
        state: run,
        client: run.client,
        hub: live,
        kinds: kindsOf(inventory.book.entries, run.wanted.values()),
        wanted: run.wanted,
        revision: run,
        areHealthy: async (objects) => !input.isWaiting || (await waitForHealth(run, objects)).length === 0,
        isUnsealed: input.keyList !== null,
        nowMs,
        signal: run.signal,
      },
      plan,
    );
    const isWaiting = waves.held.some(({ state }) => state === 'waiting');
    if (!isWaiting || nowMs() >= run.deadlineMs) return waves;
    await sleep(POLL_MS);
    const sealed = new Set(waves.held.map((one) => one.sealed.key));
    await live.read((identity) => sealed.has(objectKey(identity)));
  }
}

/** One wave after the other: what is on its way out is waited for where others come after it. */
async function pruneAll(run: Run, due: readonly PlannedPrune[]): Promise<PruneReport> {
  const { client, signal, inventory, kinds } = run;
  const total = { deleted: [] as string[], released: [] as string[], failures: [] as SyncFailure[] };
  for (let planned = due; ; ) {
    const report = await prunePlan({ state: { book: inventory.book, kinds }, client, signal }, planned);
    total.deleted.push(...report.deleted);
    total.released.push(...report.released);
    total.failures.push(...report.failures);
    const isDone = report.waiting.length === 0 || report.failures.length > 0;
    if (isDone || !run.input.isWaiting || run.nowMs() >= run.deadlineMs) return { ...total, waiting: report.waiting };
    await run.sleep(POLL_MS);
    await run.live.read();
    planned = await protectPlan(run, planPrune(run.planInput));
  }
}

function appliedOf({ wanted, keeper, inventory }: Run, failures: readonly SyncFailure[]): FinishedRun['applied'] {
  const failed = new Set(failures.map(({ kind, namespace = '', name }) => JSON.stringify([kind, namespace, name])));
  return [...wanted.values()].flatMap((desired) => {
    const { kind, namespace, name } = desired.identity;
    if (failed.has(JSON.stringify([kind, namespace, name]))) return [];
    const action = keeper.written.get(desired.key) ?? 'unchanged';
    return inventory.book.entries.get(desired.key)?.state === 'applied' ? [{ desired, action }] : [];
  });
}
