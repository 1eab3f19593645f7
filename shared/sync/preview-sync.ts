/**
 * @module What a sync would do now, object by object, found out by dry runs and with nothing written. The rules are those of the
 * controller's own plan; what it proves by digest is proven here by comparing.
 */
import { describeError } from '../errors/describe-error.ts';
import type { KubeDiscovery, KubeReader, KubeWriter } from '../kube/client.ts';
import { GIT_SYNCS, INVENTORIES } from '../kube/resource-type.ts';
import type { GitSync, InventoryEntry } from '../resources/git-sync.ts';
import { identityOf, type ObjectIdentity, type ObjectKey, objectKey, versionOf } from '../resources/object-meta.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import type { FileTree, SkippedFile } from '../sync-plan/file-tree.ts';
import { checkGuard, type GuardRefusal } from '../sync-plan/guard.ts';
import { type OwnedObjects, readOwnedObjects } from '../sync-plan/inventory.ts';
import { type FieldChange, objectChanges } from '../sync-plan/object-changes.ts';
import { toApplyStages } from '../sync-plan/order.ts';
import { render } from '../sync-plan/render.ts';
import type { RenderProblem } from '../sync-plan/render-problem.ts';
import type { ObjectOrigin } from '../sync-plan/rendered-object.ts';
import { applyObject } from './apply.ts';
import { readLiveObject } from './live-object.ts';
import { placeObjects } from './place-objects.ts';
import { previewPrunes } from './preview-prune.ts';
import { type LiveObjects, readLive } from './read-live.ts';
import { APPLY_CONCURRENCY, runLimited } from './run-limited.ts';
import { createServedKinds, type ServedKinds } from './served-kinds.ts';

/** What a preview works with; nothing is written through it but dry runs. */
export interface PreviewDependencies {
  readonly client: KubeReader & KubeWriter & KubeDiscovery;
}

/** What is previewed. */
export interface PreviewInput {
  readonly gitSync: GitSync;
  readonly tree: FileTree;
  /** Of the stored Inventory; none for a GitSync that never synced. */
  readonly entries: readonly InventoryEntry[];
  /** Signet's own namespace, where it is known. */
  readonly controllerNamespace?: string;
}

/**
 * What would happen to one object. `keep`: it left Git and stays, for `reason`. `conflict`: another GitSync owns it. `failed`: the
 * cluster refuses it, for `reason`. Changes of Secret values are masked.
 */
export interface PlannedAction {
  readonly kind: 'create' | 'update' | 'unchanged' | 'prune' | 'keep' | 'conflict' | 'failed';
  readonly identity: ObjectIdentity;
  /** Where it stands in Git; absent for an object that left it. */
  readonly origin?: ObjectOrigin;
  readonly reason?: string;
  /** Of an update. */
  readonly changes?: readonly FieldChange[];
}

/** A whole preview. With `problems` or a `refusal` the sync would write nothing at all, and `actions` says what it would do otherwise. */
export interface SyncPreview {
  /** In the order of a sync: applied objects first, then those that left Git. */
  readonly actions: readonly PlannedAction[];
  /** Everything that is wrong with the files; then there are no actions. */
  readonly problems: readonly RenderProblem[];
  readonly skipped: readonly SkippedFile[];
  readonly refusal: GuardRefusal | null;
}

interface PreviewContext {
  readonly client: PreviewDependencies['client'];
  readonly kinds: ServedKinds;
  readonly owner: string;
  readonly live: LiveObjects;
  /** Namespaces that the commit brings and that are not there yet. */
  readonly newNamespaces: ReadonlySet<string>;
  readonly isOwnedBy: (owner: string, key: ObjectKey) => Promise<boolean>;
}

/** Previews one sync. Single objects that cannot be read or are refused say so. @throws KubeError when discovery fails */
export async function previewSync({ client }: PreviewDependencies, input: PreviewInput): Promise<SyncPreview> {
  const { gitSync, tree, entries } = input;
  const { namespace = '', name = '' } = gitSync.metadata;
  const owner = `${namespace}/${name}`;
  const { objects: rendered, problems: renderProblems, skipped } = render(tree);
  if (renderProblems.length > 0) return { actions: [], problems: renderProblems, skipped, refusal: null };
  const kinds = createServedKinds(client);
  const defaultNamespace = gitSync.spec.targetNamespace ?? namespace;
  const { placed, unplaced, problems } = await placeObjects(kinds, { rendered, defaultNamespace, owner });
  if (problems.length > 0) return { actions: [], problems, skipped, refusal: null };
  const live = await readDesired(client, kinds, placed);
  const context: PreviewContext = {
    client,
    kinds,
    owner,
    live,
    newNamespaces: findNewNamespaces(placed, live),
    isOwnedBy: createOwnerLookup(client),
  };
  const refused = unplaced.map(
    ({ rendered: { object, origin }, failure }): PlannedAction => ({
      kind: 'failed',
      identity: identityOf(object),
      origin,
      reason: failure.message,
    }),
  );
  const applied = await previewApplies(context, placed);
  const { controllerNamespace } = input;
  const pruned = await previewPrunes(client, kinds, { gitSync, owner, controllerNamespace, entries, placed, live });
  const owned = new Map(entries.map((entry) => [objectKey(entry), entry]));
  const refusal = checkGuard({ wanted: rendered.length, owned, spec: gitSync.spec });
  const isHeldBack = [...applied, ...refused].some(({ kind }) => kind === 'failed' || kind === 'conflict');
  const held = isHeldBack ? pruned.map(holdBack) : pruned;
  return { actions: [...applied, ...refused, ...held], problems: [], skipped, refusal };
}

function holdBack(action: PlannedAction): PlannedAction {
  return action.kind === 'prune' ? { reason: 'once everything else is in place', ...action } : action;
}

async function previewApplies(context: PreviewContext, placed: readonly PlacedObject[]): Promise<PlannedAction[]> {
  const actions = new Map<PlacedObject, PlannedAction>();
  await runLimited(placed, { limit: APPLY_CONCURRENCY }, async (object) => {
    actions.set(object, await previewApply(context, object));
  });
  return toApplyStages(placed).flatMap(({ items }) => items.flatMap((object) => actions.get(object) ?? []));
}

async function previewApply(context: PreviewContext, placed: PlacedObject): Promise<PlannedAction> {
  const { identity, origin } = placed;
  const problem = context.live.problemOf(placed.key);
  if (problem !== null) return { kind: 'failed', identity, origin, reason: problem };
  const before = context.live.find(placed.key);
  const { owner, isTerminating } = before ? readLiveObject(before) : { owner: undefined, isTerminating: false };
  if (owner !== undefined && owner !== context.owner && (await context.isOwnedBy(owner, placed.key))) {
    return { kind: 'conflict', identity, origin, reason: `belongs to GitSync ${owner}` };
  }
  if (isTerminating) return { kind: 'failed', identity, origin, reason: 'is being deleted' };
  const unprovable = await findUnprovable(context, placed);
  if (unprovable !== null) return { kind: 'create', identity, origin, reason: unprovable };
  try {
    const after = await applyObject(context, placed, { dryRun: true });
    if (before === null) return { kind: 'create', identity, origin };
    const changes = objectChanges(before, after);
    return changes.length === 0
      ? { kind: 'unchanged', identity, origin }
      : { kind: 'update', identity, origin, changes };
  } catch (error) {
    return { kind: 'failed', identity, origin, reason: describeError(error) };
  }
}

/** Why a dry run can say nothing about the object yet, or null when it can. */
async function findUnprovable(context: PreviewContext, { identity, object }: PlacedObject): Promise<string | null> {
  if (context.newNamespaces.has(identity.namespace)) return 'its namespace comes with the same commit';
  const type = await context.kinds.find(object.apiVersion, object.kind);
  return type === null ? 'its kind comes with the same commit' : null;
}

async function readDesired(
  client: KubeReader,
  kinds: ServedKinds,
  placed: readonly PlacedObject[],
): Promise<LiveObjects> {
  const typed = placed.map(async ({ identity, object }) => ({
    identity,
    type: await kinds.findForEntry({ ...identity, version: versionOf(object.apiVersion) }),
  }));
  return readLive(client, await Promise.all(typed));
}

function findNewNamespaces(placed: readonly PlacedObject[], live: LiveObjects): ReadonlySet<string> {
  const namespaces = placed.filter(({ identity }) => identity.group === '' && identity.kind === 'Namespace');
  return new Set(namespaces.filter(({ key }) => live.find(key) === null).map(({ identity }) => identity.name));
}

/** Whether a GitSync has an object in its inventory; yes when that cannot be read. */
function createOwnerLookup(client: KubeReader): (owner: string, key: ObjectKey) => Promise<boolean> {
  const known = new Map<string, Promise<OwnedObjects | null>>();
  const ask = async (owner: string): Promise<OwnedObjects | null> => {
    const slash = owner.indexOf('/');
    const reference = { namespace: owner.slice(0, slash), name: owner.slice(slash + 1) };
    if (slash < 1 || reference.name === '') return new Map();
    try {
      const exists = (await client.get(GIT_SYNCS, reference, { metadataOnly: true })) !== null;
      return exists ? readOwnedObjects(await client.get(INVENTORIES, reference)) : new Map();
    } catch {
      return null;
    }
  };
  return async (owner, key) => {
    const answer = known.get(owner) ?? ask(owner);
    known.set(owner, answer);
    const owned = await answer;
    return owned === null || owned.has(key);
  };
}
