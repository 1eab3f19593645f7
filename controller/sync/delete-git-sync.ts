/** @module What happens before a deleted GitSync disappears: its objects are pruned or let go, and its Inventory with them. */
import { countOf } from '../../shared/encoding/count-of.ts';
import { listSome } from '../../shared/encoding/list-some.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import { NAMESPACES } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { findLosses } from '../../shared/sync/find-losses.ts';
import type { InventoryStore } from '../../shared/sync/inventory-store.ts';
import { prunePlan } from '../../shared/sync/prune-plan.ts';
import { createServedKinds } from '../../shared/sync/served-kinds.ts';
import type { PruneReport } from '../../shared/sync/sync-reports.ts';
import { kindsOf } from '../../shared/sync/wanted-kinds.ts';
import { planPrune } from '../../shared/sync-plan/plan.ts';
import { letProtectedGo, protectPrunes } from '../../shared/sync-plan/protected-prunes.ts';
import { type FinalizerDependencies, hasFinalizer, removeFinalizer } from '../git-syncs/finalizer.ts';
import type { SyncRefusal } from '../git-syncs/sync-refusal.ts';
import type { SyncState } from './sync-state.ts';
import type { SyncSummary } from './sync-summary.ts';

/** What deleting works with. */
export interface DeletionDependencies extends FinalizerDependencies {
  readonly client: FinalizerDependencies['client'] & Pick<KubeReader, 'get'>;
  readonly store: InventoryStore;
  /** As {@link reachCluster}. */
  readonly reach: (gitSync: GitSync, state: SyncState, signal: AbortSignal) => Promise<SyncRefusal | null>;
  /** The GitSync goes, and so many objects stay behind, for this reason. */
  readonly onOrphaned: (gitSync: GitSync, count: number, why: string) => void;
  /** These objects of a GitSync that goes were let go on purpose; each text names one, and why. */
  readonly onReleased: (gitSync: GitSync, released: readonly string[]) => void;
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
  if (gitSync.spec.prune === true && gitSync.spec.suspend !== true && state.book.entries.size > 0) {
    const progress = await pruneWhereItIs(dependencies, input);
    if (progress?.kind === 'failed' && (await isAbandoned(dependencies, gitSync, state))) {
      dependencies.onOrphaned(gitSync, state.book.entries.size, progress.message);
    } else if (progress !== null) return progress;
  }
  await dependencies.store.remove(state);
  await removeFinalizer(dependencies, gitSync);
  return { kind: 'done' };
}

async function pruneWhereItIs(
  dependencies: DeletionDependencies,
  input: DeletionInput,
): Promise<DeletionProgress | null> {
  const { gitSync, state } = input;
  const refusal = await dependencies.reach(gitSync, state, input.signal);
  if (refusal !== null) return blocked(state, refusal);
  state.kinds = createServedKinds(state.reached.client);
  const pruned = await pruneAll(dependencies, input);
  if (pruned.released.length > 0) dependencies.onReleased(gitSync, pruned.released);
  return judge(state, pruned);
}

/**
 * Whoever had the rights to delete the objects goes with the namespace, in any order, so that waiting for them would keep the namespace for
 * ever. The controller's own rights never stand in.
 */
async function isAbandoned(
  { client }: DeletionDependencies,
  { metadata }: GitSync,
  state: SyncState,
): Promise<boolean> {
  if (state.target?.isOwn === true) return false;
  const namespace = await client.get(NAMESPACES, { name: metadata.namespace ?? '' }, { metadataOnly: true });
  return namespace?.metadata.deletionTimestamp !== undefined;
}

/** They wait for their account or cluster, as long as nobody says that they may stay. */
function blocked(state: SyncState, refusal: SyncRefusal): DeletionProgress {
  const objects = state.book.entries.size;
  const message = `${countOf(objects, 'object')} cannot be deleted: ${refusal.message}; to leave them where they are, set spec.prune to false`;
  return { kind: 'failed', summary: { revision: null, refusal, enforced: null, objects }, message };
}

async function pruneAll(dependencies: DeletionDependencies, { state, signal }: DeletionInput): Promise<PruneReport> {
  const { store, controllerNamespace } = dependencies;
  const { hub, client } = state.reached;
  await hub.follow(state.owner, kindsOf(state.book.entries, state.enforced?.wanted.values() ?? []), signal);
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
  // Nobody is left to approve anything, so what would take other things along stays.
  const losses = await findLosses({ client, kinds: state.kinds }, planned);
  const due = letProtectedGo(protectPrunes(planned, losses, () => false));
  const report = await prunePlan({ state, client, signal }, due);
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
  const message = `${countOf(pruned.failures.length, 'object')} could not be deleted: ${first.kind} ${first.name ?? ''}: ${first.message}`;
  return { kind: 'failed', summary, message };
}
