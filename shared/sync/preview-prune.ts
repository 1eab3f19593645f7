/** @module What a sync would do about the objects that left Git: the plan's own decisions, of what lives now. */
import type { KubeKindList, KubeReader } from '../kube/client.ts';
import type { GitSync } from '../resources/git-sync.ts';
import { type KubeObject, type ObjectIdentity, type ObjectKey, objectKey } from '../resources/object-meta.ts';
import type { ApprovalItem } from '../sync-plan/approval.ts';
import type { PruneDecision } from '../sync-plan/decide-prune.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { identityOfEntry, type OwnedObjects } from '../sync-plan/inventory.ts';
import type { LiveLookup } from '../sync-plan/live-object.ts';
import { toPruneStages } from '../sync-plan/order.ts';
import { type PlannedPrune, planPrune } from '../sync-plan/plan.ts';
import { protectPrunes } from '../sync-plan/protected-prunes.ts';
import { toPruneWaves } from '../sync-plan/waves.ts';
import { findLosses } from './find-losses.ts';
import { readLiveObject } from './live-object.ts';
import { type LiveObjects, readLive } from './read-live.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What is looked at. */
export interface PrunePreviewInput {
  readonly gitSync: GitSync;
  readonly owner: string;
  readonly controllerNamespace: string | undefined;
  readonly owned: OwnedObjects;
  readonly desired: readonly DesiredObject[];
  /** The live state of `desired`. */
  readonly live: LiveObjects;
}

/** What would happen to one object that left Git: deleted, or kept for `reason`. */
export interface PrunePreview {
  readonly kind: 'prune' | 'keep';
  readonly identity: ObjectIdentity;
  readonly reason?: string;
  /** Set for an object that is kept only until its deletion is approved. */
  readonly approval?: ApprovalItem;
}

/** What would happen to everything that left Git, and the plan behind it. */
export interface PrunesPreview {
  readonly planned: readonly PlannedPrune[];
  /** One for each entry that still exists, in the order of pruning. */
  readonly actions: readonly PrunePreview[];
}

/** The plan for everything that Git does not want. Namespaces and definitions that would be deleted are looked into. */
export async function previewPrunes(
  client: KubeReader & KubeKindList,
  kinds: ServedKinds,
  input: PrunePreviewInput,
): Promise<PrunesPreview> {
  const { gitSync, owned, desired, owner, controllerNamespace } = input;
  const open = planPrune({
    desired,
    owned,
    owner,
    controllerNamespace,
    live: { find: await readLeft(client, kinds, input) },
    gitSync: { namespace: gitSync.metadata.namespace ?? '', name: gitSync.metadata.name ?? '' },
    isPruning: gitSync.spec.prune === true,
  });
  const planned = protectPrunes(open, await findLosses({ client, kinds }, open), () => false);
  const stages = toPruneWaves(planned).flatMap(toPruneStages);
  const actions = stages.flatMap(({ items }) =>
    items.flatMap(({ identity, decision }) => toAction(identity, decision)),
  );
  return { planned, actions };
}

/** A look at everything that matters: what Git wants was read before, what it does not want is read now. */
async function readLeft(
  client: KubeReader,
  kinds: ServedKinds,
  { owned, desired, live }: PrunePreviewInput,
): Promise<(identity: ObjectIdentity) => LiveLookup> {
  const wanted = new Set(desired.map(({ key }) => key));
  const left = [...owned].filter(([key]) => !wanted.has(key));
  const typed = await Promise.all(
    left.map(async ([, entry]) => ({ identity: identityOfEntry(entry), type: await kinds.findForEntry(entry) })),
  );
  const unserved = new Set(typed.filter(({ type }) => type === null).map(({ identity }) => objectKey(identity)));
  const found = await readLive(client, typed, { metadataOnly: true });
  return (identity) => {
    const key = objectKey(identity);
    return unserved.has(key) ? 'unserved' : lookUp(wanted.has(key) ? live : found, key);
  };
}

/** What the plan is told of an object of a kind that is served. */
export function lookUp(live: LiveObjects, key: ObjectKey): LiveLookup {
  if (live.problemOf(key) !== null) return 'unreadable';
  const object: KubeObject | null = live.find(key);
  return object === null ? 'absent' : readLiveObject(object);
}

function describeLeaving(how: string | undefined): string {
  return `it is being deleted already${how === undefined ? '' : ` (${how})`}`;
}

function toAction(identity: ObjectIdentity, decision: PruneDecision): PrunePreview[] {
  switch (decision.kind) {
    case 'gone':
      return [];
    case 'delete':
      return [{ kind: 'prune', identity }];
    case 'protect': {
      const { uid, reason } = decision;
      const approval: ApprovalItem = { action: 'Delete', identity, uid, reason };
      return [{ kind: 'keep', identity, reason: `until its deletion is approved: ${reason}`, approval }];
    }
    case 'terminating':
      return [{ kind: 'prune', identity, reason: describeLeaving(decision.how) }];
    case 'release':
    case 'forget':
    case 'keep':
    case 'unserved':
    case 'unreadable':
      return [{ kind: 'keep', identity, reason: decision.reason }];
  }
}
