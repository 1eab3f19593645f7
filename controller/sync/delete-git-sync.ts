/** @module What happens before a deleted GitSync disappears: its objects are pruned or let go, and its Inventory with them. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { planPrune } from '../../shared/sync-plan/plan.ts';
import { kindsOf } from './apply-plan.ts';
import { type FinalizerDependencies, hasFinalizer, removeFinalizer } from './finalizer.ts';
import { listSome } from './git-sync-status.ts';
import type { InventoryStore } from './inventory-store.ts';
import { prunePlan } from './prune-plan.ts';
import type { SyncClient } from './sync-client.ts';
import type { PruneReport } from './sync-reports.ts';
import type { SyncState } from './sync-state.ts';
import type { SyncSummary } from './sync-summary.ts';
import type { WatchHub } from './watch-hub.ts';

/** What deleting works with. */
export interface DeletionDependencies extends FinalizerDependencies {
  readonly client: SyncClient;
  readonly hub: WatchHub;
  readonly store: InventoryStore;
  readonly controllerNamespace: string;
}

/** What deleting works on. */
export interface DeletionInput {
  readonly gitSync: GitSync;
  readonly state: SyncState;
  readonly signal: AbortSignal;
}

/** `done`: nothing of the GitSync is left. `waiting`: objects are on their way out. `failed`: some could not be deleted. */
export type DeletionProgress =
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting' | 'failed'; readonly summary: SyncSummary; readonly message: string };

/** One round towards the end of `gitSync`. Suspended ones, and those that do not prune, leave their objects. @throws KubeError */
export async function finishDeletion(
  dependencies: DeletionDependencies,
  input: DeletionInput,
): Promise<DeletionProgress> {
  const { gitSync, state } = input;
  state.enforced = null;
  await state.keeper.idle();
  if (!hasFinalizer(gitSync)) return { kind: 'done' };
  await dependencies.store.load(state);
  if (gitSync.spec.prune === true && gitSync.spec.suspend !== true) {
    const report = await pruneAll(dependencies, input);
    const progress = judge(state, report);
    if (progress !== null) return progress;
  }
  await dependencies.store.remove(state);
  await removeFinalizer(dependencies, gitSync);
  return { kind: 'done' };
}

async function pruneAll(dependencies: DeletionDependencies, { state, signal }: DeletionInput): Promise<PruneReport> {
  const { hub, client, store, controllerNamespace } = dependencies;
  await hub.follow(state.owner, kindsOf(state), signal);
  await hub.confirm(state.owner);
  const planned = planPrune({
    owner: state.owner,
    gitSync: state.request,
    controllerNamespace,
    desired: [],
    owned: state.book.entries,
    live: hub,
    isPruning: true,
  });
  const report = await prunePlan({ state, client, signal }, planned);
  await store.save(state);
  return report;
}

function judge(state: SyncState, pruned: PruneReport): DeletionProgress | null {
  if (pruned.failures.length === 0 && pruned.waiting.length === 0) return null;
  const applied = { created: 0, changed: 0, failures: [] };
  const summary: SyncSummary = {
    revision: null,
    refusal: null,
    enforced: { applied, pruned, heldBack: 0 },
    objects: state.book.entries.size,
  };
  const [first] = pruned.failures;
  if (first === undefined) {
    return { kind: 'waiting', summary, message: `waiting until these are gone: ${listSome(pruned.waiting)}` };
  }
  const message = `${pruned.failures.length} objects could not be deleted: ${first.kind} ${first.name ?? ''}: ${first.message}`;
  return { kind: 'failed', summary, message };
}
