/**
 * @module What a sync would do now, object by object, found out by dry runs and with nothing written. Rendering, guard and decisions are
 * those of the controller; what it proves by digest is proven here by comparing.
 */
import type { KubeDiscovery, KubeReader, KubeWriter } from '../kube/client.ts';
import type { GitSync, InventoryEntry } from '../resources/git-sync.ts';
import { OWNER_ANNOTATION } from '../resources/names.ts';
import { annotationOf, identityOf, objectKey, versionOf } from '../resources/object-meta.ts';
import { type DesiredObject, type PlacedObject, withOwner } from '../sync-plan/desired-object.ts';
import type { FileTree, SkippedFile } from '../sync-plan/file-tree.ts';
import { checkGuard, type GuardRefusal } from '../sync-plan/guard.ts';
import { type RenderResult, render } from '../sync-plan/render.ts';
import type { RenderProblem } from '../sync-plan/render-problem.ts';
import type { DigestValue } from '../sync-plan/shown-object.ts';
import { unhonouredAnnotations, waveOf } from '../sync-plan/waves.ts';
import { placeObjects, type UnplacedObject } from './place-objects.ts';
import type { PlannedAction } from './planned-action.ts';
import { previewApplies } from './preview-apply.ts';
import { previewPrunes } from './preview-prune.ts';
import { type LiveObjects, readLive } from './read-live.ts';
import { createServedKinds, type ServedKinds } from './served-kinds.ts';

/** What a preview works with; nothing is written through it but dry runs. */
export interface PreviewDependencies {
  readonly client: KubeReader & KubeWriter & KubeDiscovery;
  /** Stands for the values of Secrets. */
  readonly digest: DigestValue;
}

/** What is previewed. */
export interface PreviewInput {
  /** Null: the files are compared as they are, on behalf of nobody, and nothing would be pruned. */
  readonly gitSync: GitSync | null;
  /** For namespaced objects that name none, where no GitSync says it; default: `default`. */
  readonly namespace?: string;
  readonly tree: FileTree;
  /** Of the stored Inventory; none for a GitSync that never synced. */
  readonly entries: readonly InventoryEntry[];
  /** Signet's own namespace, where it is known. */
  readonly controllerNamespace?: string;
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

/** Previews one sync. Single objects that cannot be read or are refused say so. @throws KubeError when discovery fails */
export async function previewSync(dependencies: PreviewDependencies, input: PreviewInput): Promise<SyncPreview> {
  const rendered = render(input.tree);
  const { problems: renderProblems, skipped } = rendered;
  if (renderProblems.length > 0) return { actions: [], problems: renderProblems, skipped, refusal: null };
  const { client, digest } = dependencies;
  const kinds = createServedKinds(client);
  const owner = ownerOf(input.gitSync);
  const defaultNamespace = defaultNamespaceOf(input);
  const { placed, unplaced, problems } = await placeObjects(kinds, {
    rendered: rendered.objects,
    defaultNamespace,
    owner,
  });
  if (problems.length > 0) return { actions: [], problems, skipped, refusal: null };
  const live = await readDesired(client, kinds, placed);
  const desired = placed.map((object) => toDesired(object, owner, live));
  const applied = inWaves(await previewApplies({ client, kinds, digest, owner, live }, desired), desired);
  const refused = unplaced.map(toFailed);
  const actions = [...applied, ...refused];
  if (input.gitSync === null || owner === null) return { actions, problems: [], skipped, refusal: null };
  const { gitSync, controllerNamespace } = input;
  const owned = new Map(input.entries.map((entry) => [objectKey(entry), entry]));
  const pruned = await previewPrunes(client, kinds, { gitSync, owner, controllerNamespace, owned, desired, live });
  const isHeldBack = actions.some(({ kind }) => kind === 'failed' || kind === 'conflict');
  return {
    actions: [...actions, ...(isHeldBack ? pruned.map(holdBack) : pruned)],
    problems: [],
    skipped,
    refusal: checkPlan(rendered, owned, gitSync),
  };
}

/** In the order of their waves, with what their annotations ask for in vain. */
function inWaves(actions: readonly PlannedAction[], desired: readonly DesiredObject[]): readonly PlannedAction[] {
  const metadata = new Map(desired.map(({ key, object }) => [key, object.metadata]));
  const metadataOf = ({ identity }: PlannedAction) => metadata.get(objectKey(identity)) ?? {};
  return actions
    .map((action) => {
      const notes = unhonouredAnnotations(metadataOf(action));
      return notes.length === 0 ? action : { ...action, notes };
    })
    .toSorted((a, b) => waveOf(metadataOf(a)) - waveOf(metadataOf(b)));
}

function checkPlan(
  { objects }: RenderResult,
  owned: ReadonlyMap<ReturnType<typeof objectKey>, InventoryEntry>,
  { spec }: GitSync,
): GuardRefusal | null {
  return checkGuard({ wanted: objects.length, owned, spec });
}

function ownerOf(gitSync: GitSync | null): string | null {
  return gitSync === null ? null : `${gitSync.metadata.namespace ?? ''}/${gitSync.metadata.name ?? ''}`;
}

function defaultNamespaceOf({ gitSync, namespace = 'default' }: PreviewInput): string {
  return gitSync === null ? namespace : (gitSync.spec.targetNamespace ?? gitSync.metadata.namespace ?? '');
}

/** Nothing is known to be in place, so there is no digest. Compared on behalf of nobody, an object stays whose it is. */
function toDesired(placed: PlacedObject, owner: string | null, live: LiveObjects): DesiredObject {
  const present = owner === null ? live.find(placed.key) : null;
  const whose = present === null ? undefined : annotationOf(present.metadata, OWNER_ANNOTATION);
  return { ...placed, object: whose === undefined ? placed.object : withOwner(placed.object, whose), digest: '' };
}

function toFailed({ rendered: { object, origin }, failure }: UnplacedObject): PlannedAction {
  return { kind: 'failed', identity: identityOf(object), origin, reason: failure.message };
}

function holdBack(action: PlannedAction): PlannedAction {
  return action.kind === 'prune' ? { reason: 'once everything else is in place', ...action } : action;
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
