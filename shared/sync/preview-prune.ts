/** @module What a sync would do about the objects that left Git: the plan's own decisions, of what lives now. */
import type { KubeReader } from '../kube/client.ts';
import type { GitSync } from '../resources/git-sync.ts';
import { type KubeObject, type ObjectIdentity, type ObjectKey, objectKey } from '../resources/object-meta.ts';
import type { PruneDecision } from '../sync-plan/decide-prune.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { identityOfEntry, type OwnedObjects } from '../sync-plan/inventory.ts';
import type { LiveLookup } from '../sync-plan/live-object.ts';
import { toPruneStages } from '../sync-plan/order.ts';
import { planPrune } from '../sync-plan/plan.ts';
import { toPruneWaves } from '../sync-plan/waves.ts';
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
}

/** One answer for each entry that Git does not want and that still exists, in the order of pruning. */
export async function previewPrunes(
  client: KubeReader,
  kinds: ServedKinds,
  input: PrunePreviewInput,
): Promise<PrunePreview[]> {
  const { gitSync, owned, desired, owner, controllerNamespace } = input;
  const planned = planPrune({
    desired,
    owned,
    owner,
    controllerNamespace,
    live: { find: await readLeft(client, kinds, input) },
    gitSync: { namespace: gitSync.metadata.namespace ?? '', name: gitSync.metadata.name ?? '' },
    isPruning: gitSync.spec.prune === true,
  });
  const stages = toPruneWaves(planned).flatMap(toPruneStages);
  return stages.flatMap(({ items }) => items.flatMap(({ identity, decision }) => toAction(identity, decision)));
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

function toAction(identity: ObjectIdentity, decision: PruneDecision): PrunePreview[] {
  switch (decision.kind) {
    case 'gone':
      return [];
    case 'delete':
      return [{ kind: 'prune', identity }];
    case 'terminating':
      return [{ kind: 'prune', identity, reason: 'it is being deleted already' }];
    case 'release':
    case 'forget':
    case 'keep':
    case 'unserved':
    case 'unreadable':
      return [{ kind: 'keep', identity, reason: decision.reason }];
  }
}
