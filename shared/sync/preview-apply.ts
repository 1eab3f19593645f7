/** @module What applying the objects that Git wants would change: the plan's own decisions, then a dry run of each that would be sent. */
import { describeError } from '../errors/describe-error.ts';
import type { KubeReader, KubeWriter } from '../kube/client.ts';
import type { KubeObject, ObjectKey } from '../resources/object-meta.ts';
import { decideApply } from '../sync-plan/decide-apply.ts';
import { type DesiredObject, rulesFor } from '../sync-plan/desired-object.ts';
import { objectChanges } from '../sync-plan/object-changes.ts';
import { objectDiff } from '../sync-plan/object-diff.ts';
import { toApplyStages } from '../sync-plan/order.ts';
import { describeBlock } from '../sync-plan/plan.ts';
import type { RecreationContext } from '../sync-plan/recreation.ts';
import { type DigestValue, showPair } from '../sync-plan/shown-object.ts';
import { withoutTakenFields } from '../sync-plan/take-over-fields.ts';
import { applyObject } from './apply.ts';
import { readLiveObject } from './live-object.ts';
import { lookUpOwners } from './owner-lookup.ts';
import type { PlannedAction } from './planned-action.ts';
import { KEPT_BECAUSE, leaveDrift, notesOf } from './preview-drift.ts';
import { lookUp } from './preview-prune.ts';
import type { LiveObjects } from './read-live.ts';
import { findRecreation } from './recreate.ts';
import { APPLY_CONCURRENCY, runLimited } from './run-limited.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What the preview of one set of objects takes. */
export interface ApplyPreviewInput {
  readonly client: KubeReader & KubeWriter;
  /** Of the cluster that has the GitSyncs; default: `client`. */
  readonly home?: KubeReader;
  readonly kinds: ServedKinds;
  readonly digest: DigestValue;
  /** `namespace/name` of the GitSync; null when none is meant, and then no object belongs to the wrong one. */
  readonly owner: string | null;
  readonly live: LiveObjects;
  /** Whether a difference is known to be somebody else's change; absent where nothing is known. */
  readonly isDrift?: (key: ObjectKey) => boolean;
  /** Whose objects may be made anew where they cannot be changed; absent for nobody's. */
  readonly recreation?: Omit<RecreationContext, 'isInInventory'> & {
    readonly isInInventory: (key: ObjectKey) => boolean;
  };
}

interface Context extends ApplyPreviewInput {
  /** Namespaces that the commit brings and that are not there yet. */
  readonly newNamespaces: ReadonlySet<string>;
  readonly isOwnedBy: (owner: string, key: ObjectKey) => boolean;
}

/** One action for each of `desired`, in the order of a sync. Nothing is written; a few objects are asked about at a time. */
export async function previewApplies(
  input: ApplyPreviewInput,
  desired: readonly DesiredObject[],
): Promise<PlannedAction[]> {
  const { client, home = client, live } = input;
  const isOwnedBy = input.owner === null ? () => false : await lookUpOwners(home, findClaims(input, desired));
  const context = { ...input, isOwnedBy, newNamespaces: findNewNamespaces(desired, live) };
  const actions = new Map<DesiredObject, PlannedAction>();
  await runLimited(desired, { limit: APPLY_CONCURRENCY }, async (object) => {
    actions.set(object, await previewApply(context, object));
  });
  return toApplyStages(desired).flatMap(({ items }) => items.flatMap((object) => actions.get(object) ?? []));
}

function findClaims(
  { live, owner }: ApplyPreviewInput,
  desired: readonly DesiredObject[],
): { readonly key: ObjectKey; readonly owner: string }[] {
  return desired.flatMap(({ key }) => {
    const object = live.find(key);
    const claimed = object === null ? undefined : readLiveObject(object).owner;
    return claimed === undefined || claimed === owner ? [] : [{ key, owner: claimed }];
  });
}

async function previewApply(context: Context, desired: DesiredObject): Promise<PlannedAction> {
  const { identity, origin, key } = desired;
  const problem = context.live.problemOf(key);
  if (problem !== null) return { kind: 'failed', identity, origin, reason: problem };
  const { owner, isOwnedBy } = context;
  // Without an entry of the inventory nothing counts as proven, and everything that may be sent is asked about.
  const decision = decideApply(desired, undefined, lookUp(context.live, key), { owner: owner ?? '', isOwnedBy });
  if (decision.kind === 'conflict') return { kind: 'conflict', identity, origin, reason: describeBlock(decision) };
  if (decision.kind === 'terminating' || decision.kind === 'unreadable') {
    return { kind: 'failed', identity, origin, reason: describeBlock(decision) };
  }
  if (decision.kind === 'kept' || decision.kind === 'hands-off') {
    return { kind: 'keep', identity, origin, reason: KEPT_BECAUSE[decision.kind] };
  }
  try {
    const action = await askServer(context, desired);
    return context.isDrift?.(key) === true ? leaveDrift(action, desired, context.live.find(key)) : action;
  } catch (error) {
    const recreated = await previewRecreation(context, desired, error);
    return recreated ?? { kind: 'failed', identity, origin, reason: describeError(error) };
  }
}

/** What becomes of an object that the server does not change in place; null where making it anew would not help. */
async function previewRecreation(
  context: Context,
  desired: DesiredObject,
  error: unknown,
): Promise<PlannedAction | null> {
  if (context.recreation === undefined) return null;
  const { identity, origin, key } = desired;
  const isInInventory = context.recreation.isInInventory(key);
  const found = await findRecreation(context, desired, error, { ...context.recreation, isInInventory });
  if (found === null) return null;
  const { uid, reason, isAllowed } = found;
  if (isAllowed) return { kind: 'recreate', identity, origin, reason };
  return {
    kind: 'recreate',
    identity,
    origin,
    reason: `${reason}; once that is approved`,
    approval: { action: 'Recreate', identity, uid, reason },
  };
}

async function askServer(context: Context, desired: DesiredObject): Promise<PlannedAction> {
  const { identity, origin, object, confidential } = desired;
  const hidden = confidential === undefined ? {} : { confidential };
  const before = context.live.find(desired.key);
  const unprovable = await findUnprovable(context, desired);
  const after = unprovable === null ? await applyDry(context, desired, before) : object;
  if (before === null) {
    // As Git has it: what the server adds to it is no choice of whoever reads the plan.
    const diff = objectDiff(showPair({ before: null, after: object, ...hidden }, context.digest));
    return { kind: 'create', identity, origin, ...(unprovable === null ? {} : { reason: unprovable }), diff };
  }
  const shown = showPair({ before, after, ...hidden }, context.digest);
  const changes = objectChanges(shown);
  if (changes.length === 0) return { kind: 'unchanged', identity, origin };
  const notes = notesOf(desired, before, after);
  const diff = objectDiff(shown);
  return { kind: 'update', identity, origin, changes, diff, ...(notes.length > 0 && { notes }) };
}

/** What the object would be, with what a person applied before and Git does not have gone. */
async function applyDry(context: Context, desired: DesiredObject, before: KubeObject | null): Promise<KubeObject> {
  const options = { before: before === null ? ('absent' as const) : { object: before }, dryRun: true };
  const applied = await applyObject(context, desired, options);
  return before === null || rulesFor(desired).apply === 'merge' ? applied : withoutTakenFields(applied);
}

/** Why a dry run can say nothing about the object yet, or null when it can. */
async function findUnprovable(context: Context, { identity, object }: DesiredObject): Promise<string | null> {
  if (context.newNamespaces.has(identity.namespace)) return 'its namespace comes with the same commit';
  const type = await context.kinds.find(object.apiVersion, object.kind);
  return type === null ? 'its kind comes with the same commit' : null;
}

function findNewNamespaces(desired: readonly DesiredObject[], live: LiveObjects): ReadonlySet<string> {
  const namespaces = desired.filter(({ identity }) => identity.group === '' && identity.kind === 'Namespace');
  return new Set(namespaces.filter(({ key }) => live.find(key) === null).map(({ identity }) => identity.name));
}
