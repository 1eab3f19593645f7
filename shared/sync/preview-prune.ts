/** @module What a sync would do about the objects that left Git, under the rules of the controller's own plan. */
import type { KubeReader } from '../kube/client.ts';
import type { GitSync, InventoryEntry } from '../resources/git-sync.ts';
import { type KubeObject, type ObjectIdentity, objectKey } from '../resources/object-meta.ts';
import { decidePrune, type PruneDecision } from '../sync-plan/decide-prune.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import type { LiveLookup } from '../sync-plan/live-object.ts';
import { toPruneStages } from '../sync-plan/order.ts';
import { readLiveObject } from './live-object.ts';
import { type LiveObjects, readLive } from './read-live.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What is looked at. */
export interface PrunePreviewInput {
  readonly gitSync: GitSync;
  readonly owner: string;
  readonly controllerNamespace: string | undefined;
  readonly entries: readonly InventoryEntry[];
  readonly placed: readonly PlacedObject[];
  /** The live state of `placed`. */
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
  const { gitSync, placed } = input;
  const wanted = new Set(placed.map(({ key }) => key));
  const left = input.entries.filter((entry) => !wanted.has(objectKey(entry)));
  const typed = await Promise.all(
    left.map(async (entry) => ({ entry, identity: entry, type: await kinds.findForEntry(entry) })),
  );
  const live = await readLive(client, typed, { metadataOnly: true });
  const rules = {
    owner: input.owner,
    gitSync: { namespace: gitSync.metadata.namespace ?? '', name: gitSync.metadata.name ?? '' },
    controllerNamespace: input.controllerNamespace,
    isPruning: gitSync.spec.prune === true,
    wantedUids: new Set(placed.flatMap(({ key }) => input.live.find(key)?.metadata.uid ?? [])),
  };
  const ordered = toPruneStages(typed).flatMap(({ items }) => items);
  return ordered.flatMap(({ entry, type }) => {
    const key = objectKey(entry);
    const lookup = type === null ? 'unserved' : toLookup(live.find(key), live.problemOf(key));
    return toAction(entry, decidePrune(entry, lookup, rules));
  });
}

function toLookup(object: KubeObject | null, problem: string | null): LiveLookup {
  if (problem !== null) return 'unreadable';
  return object === null ? 'absent' : readLiveObject(object);
}

function toAction({ group, kind, namespace, name }: InventoryEntry, decision: PruneDecision): PrunePreview[] {
  const identity = { group, kind, namespace, name };
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
