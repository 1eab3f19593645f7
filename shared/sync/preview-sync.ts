/**
 * @module What a sync would do now, object by object, found out by dry runs and with nothing written. Rendering, guard and decisions are
 * those of the controller; what it proves by digest is proven here by comparing.
 */
import { fieldsOf } from '../encoding/value-kind.ts';
import type { KubeDiscovery, KubeKindList, KubeReader, KubeWriter } from '../kube/client.ts';
import type { GitSync, InventoryEntry } from '../resources/git-sync.ts';
import { OWNER_ANNOTATION } from '../resources/names.ts';
import { annotationOf, identityOf, type ObjectIdentity, objectKey, versionOf } from '../resources/object-meta.ts';
import { type DesiredObject, type PlacedObject, withOwner } from '../sync-plan/desired-object.ts';
import type { FileTree, SkippedFile } from '../sync-plan/file-tree.ts';
import type { OwnedObjects } from '../sync-plan/inventory.ts';
import { ignoreDifferencesProblem, rulesOf } from '../sync-plan/object-rules.ts';
import type { RenderProblem } from '../sync-plan/render-problem.ts';
import type { BuildKustomization } from '../sync-plan/render-revision.ts';
import type { ObjectOrigin } from '../sync-plan/rendered-object.ts';
import type { DigestValue } from '../sync-plan/shown-object.ts';
import { unhonouredAnnotations } from '../sync-plan/unhonoured.ts';
import { waveOf } from '../sync-plan/waves.ts';
import { SyncError } from './errors.ts';
import { type PlaceObjectsInput, placementOf, placeObjects, type UnplacedObject } from './place-objects.ts';
import type { PlannedAction } from './planned-action.ts';
import { type ApplyPreviewInput, previewApplies } from './preview-apply.ts';
import type { PreviewApproval } from './preview-approval.ts';
import { driftOf } from './preview-drift.ts';
import { previewLeft } from './preview-left.ts';
import { type AskKeyList, type PreviewRefusal, previewSealed } from './preview-sealed.ts';
import { type LiveObjects, readLive } from './read-live.ts';
import { openRendering } from './revision-renderer.ts';
import { createServedKinds, type ServedKinds } from './served-kinds.ts';

/** What a preview works with; nothing is written through it but dry runs. */
export interface PreviewDependencies {
  /** Of the cluster that has the GitSyncs. */
  readonly client: KubeReader & KubeWriter & KubeDiscovery & KubeKindList;
  /** Of the cluster that has the objects, as whoever acts for the GitSync; default: `client`. */
  readonly target?: KubeReader & KubeWriter & KubeDiscovery & KubeKindList;
  /** Stands for the values of Secrets. */
  readonly digest: DigestValue;
  /** Builds kustomizations; absent: they are refused. */
  readonly build?: BuildKustomization;
}

/** What is previewed. */
export interface PreviewInput {
  /** Null: the files are compared as they are, on behalf of nobody, and nothing would be pruned. */
  readonly gitSync: GitSync | null;
  /** For namespaced objects that name none, where no GitSync says it; default: `default`. */
  readonly namespace?: string;
  readonly tree: FileTree;
  /** Full id of the commit whose files they are; absent for files that are none. */
  readonly commit?: string;
  /** Of the stored Inventory; none for a GitSync that never synced. */
  readonly entries: readonly InventoryEntry[];
  /** Signet's own namespace, where it is known. */
  readonly controllerNamespace?: string;
  /** Asks what the controller says of its keys; absent: SealedSecrets are not looked into. */
  readonly askKeyList?: AskKeyList;
}

/** A whole preview. With `problems` or a `refusal` the sync would write nothing at all, and `actions` says what it would do otherwise. */
export interface SyncPreview {
  /** In the order of a sync: applied objects first, then those that left Git. */
  readonly actions: readonly PlannedAction[];
  /** Everything that is wrong with the files; then there are no actions. */
  readonly problems: readonly RenderProblem[];
  readonly skipped: readonly SkippedFile[];
  readonly refusal: PreviewRefusal | null;
  /** What wants approval; absent for nothing. */
  readonly approval?: PreviewApproval;
  /** Secrets whose data the files hold as it is, by name alone. */
  readonly plainSecrets: readonly PlainSecret[];
}

/** A Secret that is in Git in plain text. */
export interface PlainSecret {
  readonly identity: ObjectIdentity;
  readonly origin: ObjectOrigin;
}

/**
 * Previews one sync. Single objects that cannot be read or are refused say so.
 * @throws KubeError when discovery fails; SyncError `SYNC_SPEC_INVALID`; SubstitutionError; what building a kustomization throws
 */
export async function previewSync(dependencies: PreviewDependencies, input: PreviewInput): Promise<SyncPreview> {
  const { gitSync, commit, controllerNamespace } = input;
  const invalid = ignoreDifferencesProblem(gitSync?.spec ?? {});
  if (invalid !== null) throw new SyncError('SYNC_SPEC_INVALID', invalid);
  const { objects, problems: faults, skipped } = await (await openRendering(dependencies, gitSync)).render(input.tree);
  if (faults.length > 0) return unusable(faults, skipped);
  const { target: client = dependencies.client } = dependencies;
  const kinds = createServedKinds(client);
  const placement = previewedPlacement(input);
  const { placed, unplaced, problems } = await placeObjects(kinds, { rendered: objects, ...placement });
  if (problems.length > 0) return unusable(problems, skipped);
  const live = await readDesired(client, kinds, placed);
  const { owner } = placement;
  const desired = placed.map((object) => toDesired(input, object, { owner, live }));
  const owned = new Map(input.entries.map((entry) => [objectKey(entry), entry]));
  const previews = await previewApplies(applyPreviewInput(dependencies, input, { kinds, owner, live, owned }), desired);
  const actions = [...inWaves(previews, desired), ...unplaced.map(toFailed)];
  const plainSecrets = desired.filter(isPlainSecret).map(({ identity, origin }) => ({ identity, origin }));
  const files = { problems: [], skipped, plainSecrets };
  if (gitSync === null || owner === null) return { ...files, actions, refusal: null };
  const wanted = objects.length;
  const context = { gitSync, owner, controllerNamespace, commit };
  const left = await previewLeft(client, kinds, { ...context, wanted, owned, desired, live, actions });
  const sealed = await previewSealed(placed, askKeyListOf(input));
  const refusal = left.refusal ?? sealed.refusal;
  return { ...files, ...left, actions: left.actions.map(sealed.annotate), refusal };
}

function unusable(problems: readonly RenderProblem[], skipped: readonly SkippedFile[]): SyncPreview {
  return { actions: [], problems, skipped, refusal: null, plainSecrets: [] };
}

function applyPreviewInput(
  { client: home, target: client = home, digest }: PreviewDependencies,
  input: PreviewInput,
  { owned, ...live }: Pick<ApplyPreviewInput, 'kinds' | 'owner' | 'live'> & { readonly owned: OwnedObjects },
): ApplyPreviewInput {
  const { gitSync, commit } = input;
  const drift = gitSync === null ? {} : { isDrift: driftOf(gitSync, commit, owned) };
  const recreation = live.owner === null ? {} : { recreation: recreationFor(input, live.owner, owned) };
  return { client, home, digest, ...live, ...recreation, ...drift };
}

/** What is said of keys here says nothing of those of another cluster. */
function askKeyListOf({ askKeyList, gitSync }: PreviewInput): AskKeyList {
  return askKeyList !== undefined && gitSync?.spec.kubeConfig === undefined ? askKeyList : async () => null;
}

function recreationFor(
  { gitSync, controllerNamespace }: PreviewInput,
  owner: string,
  owned: OwnedObjects,
): NonNullable<ApplyPreviewInput['recreation']> {
  const { namespace = '', name = '' } = gitSync?.metadata ?? {};
  return {
    owner,
    gitSync: { namespace, name },
    controllerNamespace,
    isInInventory: (key) => owned.get(key)?.state === 'applied',
  };
}

/** A Secret without data is filled by somebody else, such as one for the token of a ServiceAccount. */
function isPlainSecret({ identity: { group, kind }, object }: DesiredObject): boolean {
  return group === '' && kind === 'Secret' && Object.keys(fieldsOf(object['data'])).length > 0;
}

/** In the order of their waves, with what their annotations ask for in vain. */
function inWaves(actions: readonly PlannedAction[], desired: readonly DesiredObject[]): readonly PlannedAction[] {
  const metadata = new Map(desired.map(({ key, object }) => [key, object.metadata]));
  const metadataOf = ({ identity }: PlannedAction) => metadata.get(objectKey(identity)) ?? {};
  return actions
    .map((action) => {
      const unhonoured = unhonouredAnnotations(metadataOf(action));
      if (unhonoured.length === 0) return action;
      return { ...action, notes: [...(action.notes ?? []), ...unhonoured], unhonoured };
    })
    .toSorted((a, b) => waveOf(metadataOf(a)) - waveOf(metadataOf(b)));
}

function previewedPlacement({
  gitSync,
  namespace = 'default',
}: PreviewInput): Pick<PlaceObjectsInput, 'defaultNamespace' | 'owner'> {
  return gitSync === null ? { defaultNamespace: namespace, owner: null } : placementOf(gitSync);
}

/** Nothing is known to be in place, so there is no digest. Compared on behalf of nobody, an object stays whose it is. */
function toDesired(
  { gitSync }: PreviewInput,
  placed: PlacedObject,
  { owner, live }: Pick<ApplyPreviewInput, 'owner' | 'live'>,
): DesiredObject {
  const present = owner === null ? live.find(placed.key) : null;
  const whose = present === null ? undefined : annotationOf(present.metadata, OWNER_ANNOTATION);
  const object = whose === undefined ? placed.object : withOwner(placed.object, whose);
  return { ...placed, object, digest: '', rules: rulesOf(placed, gitSync?.spec ?? {}) };
}

function toFailed({ rendered: { object, origin }, failure }: UnplacedObject): PlannedAction {
  return { kind: 'failed', identity: identityOf(object), origin, reason: failure.message };
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
