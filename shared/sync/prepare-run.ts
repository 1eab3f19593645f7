/** @module What one run without a controller begins with: the objects that Git wants, the inventory, and what lives of both. */
import type { KubeClient } from '../kube/client.ts';
import type { GitSync } from '../resources/git-sync.ts';
import type { KeyList } from '../resources/key-list.ts';
import { placeKey, versionOf } from '../resources/object-meta.ts';
import type { DigestObject } from '../sync-plan/digest.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';
import type { PlanInput } from '../sync-plan/plan.ts';
import type { RenderProblem } from '../sync-plan/render-problem.ts';
import type { BuildKustomization } from '../sync-plan/render-revision.ts';
import { problemFailure } from '../sync-plan/sync-failure.ts';
import { InventoryStore, type StoredInventory, unloadedInventory } from './inventory-store.ts';
import { LiveSnapshot } from './live-snapshot.ts';
import { OneShotKeeper } from './one-shot-keeper.ts';
import { lookUpOwners } from './owner-lookup.ts';
import { type RefusedRun, refused } from './refused-run.ts';
import { openRendering } from './revision-renderer.ts';
import type { ServedKinds } from './served-kinds.ts';
import { findWanted, type WantedObjects } from './wanted-objects.ts';

/** What a run works with. */
export interface RunSyncDependencies {
  readonly client: KubeClient;
  /** Keyed with chance that no other run has. */
  readonly digest: DigestObject;
  /** Builds kustomizations; absent: they are refused. */
  readonly build?: BuildKustomization;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What is synced. */
export interface RunSyncInput {
  readonly gitSync: GitSync;
  readonly tree: FileTree;
  /** Full id of the commit of the files; null when they are of none. */
  readonly commit: string | null;
  readonly controllerNamespace: string;
  /** What the controller of the cluster says of its keys; null when nobody says anything. */
  readonly keyList: KeyList | null;
  /** Whether health is waited for. */
  readonly isWaiting: boolean;
  /** How long SealedSecrets, health and deletions are waited for. */
  readonly timeoutMs: number;
  /** The same for people, such as `5m`. */
  readonly timeout: string;
}

/** Everything that the steps of one run share. */
export interface Run extends RunSyncDependencies, WantedObjects {
  readonly input: RunSyncInput;
  readonly owner: string;
  readonly kinds: ServedKinds;
  readonly store: InventoryStore;
  readonly inventory: StoredInventory;
  readonly live: LiveSnapshot;
  readonly keeper: OneShotKeeper;
  readonly planInput: PlanInput;
  readonly deadlineMs: number;
}

/** What the files hold, with settled namespaces, or why they cannot be used. */
export async function prepareRun(
  dependencies: RunSyncDependencies,
  { gitSync, tree }: RunSyncInput,
  kinds: ServedKinds,
): Promise<WantedObjects | RefusedRun> {
  const { objects, problems } = await (await openRendering(dependencies, gitSync)).render(tree);
  if (problems.length > 0) return unusable(problems);
  const found = await findWanted({ kinds, digest: dependencies.digest }, gitSync, objects);
  return found.problems.length > 0 ? unusable(found.problems) : found;
}

function unusable(problems: readonly RenderProblem[]): RefusedRun {
  return refused('RenderFailed', 'the files cannot be used', problems.map(problemFailure));
}

/** Reads the inventory, and everything that lives of what is wanted or owned. */
export async function beginRun(
  dependencies: RunSyncDependencies,
  input: RunSyncInput,
  { wanted, unplaced, kinds }: WantedObjects & { readonly kinds: ServedKinds },
): Promise<Run> {
  const { client, nowMs } = dependencies;
  const { namespace = '', name = '' } = input.gitSync.metadata;
  const request = { namespace, name };
  const store = new InventoryStore(client, nowMs);
  const inventory = unloadedInventory(request);
  await store.load(inventory);
  const desired = [...wanted.values()];
  const left = [...inventory.book.entries.values()].map(({ version, ...identity }) => ({ identity, version }));
  const sought = desired.map(({ identity, object }) => ({ identity, version: versionOf(object.apiVersion) }));
  const live = new LiveSnapshot(client, kinds, [...left, ...sought]);
  await live.read();
  const owner = placeKey(request);
  const claims = desired.flatMap(({ key, identity }) => {
    const lookup = live.find(identity);
    const claimed = typeof lookup === 'object' ? lookup.owner : undefined;
    return claimed === undefined || claimed === owner ? [] : [{ key, owner: claimed }];
  });
  const context = {
    owner,
    isOwnedBy: await lookUpOwners(client, claims),
    gitSync: request,
    controllerNamespace: input.controllerNamespace,
  };
  const keeper = new OneShotKeeper({ ...context, client, kinds, wanted, book: inventory.book, live });
  const isPruning = input.gitSync.spec.prune === true;
  const planInput = { ...context, desired, owned: inventory.book.entries, live, isPruning };
  const deadlineMs = nowMs() + input.timeoutMs;
  const parts = { input, owner, wanted, unplaced, kinds, store, inventory, live, keeper, planInput, deadlineMs };
  return { ...dependencies, ...parts };
}
