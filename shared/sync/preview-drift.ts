/** @module What a preview says of an object beside its diff: whose fields it takes, and whether the difference is one that is only told of. */
import type { GitSync } from '../resources/git-sync.ts';
import type { KubeObject, ObjectKey } from '../resources/object-meta.ts';
import { type DesiredObject, rulesFor } from '../sync-plan/desired-object.ts';
import { describeChanges, managersOfChanges } from '../sync-plan/drift-managers.ts';
import type { OwnedObjects } from '../sync-plan/inventory.ts';
import { lostAppliers } from '../sync-plan/lost-appliers.ts';
import { takeOverFields } from '../sync-plan/take-over-fields.ts';
import { readLiveObject } from './live-object.ts';
import type { PlannedAction } from './planned-action.ts';

/** Why an object stays as it is that Git has. */
export const KEPT_BECAUSE = {
  kept: 'it is there already, and its annotation has it never changed',
  'hands-off': 'its annotation has it left alone',
} as const;

/**
 * Whether a difference is known to be somebody else's change: the files are those that were applied last, under the same settings, and the
 * object was applied then.
 */
export function driftOf(
  { metadata, status }: GitSync,
  commit: string | undefined,
  owned: OwnedObjects,
): (key: ObjectKey) => boolean {
  const isInForce = commit !== undefined && status?.lastAppliedRevision?.endsWith(`:${commit}`) === true;
  const isSameSpec = status?.observedGeneration === metadata.generation;
  return (key) => isInForce && isSameSpec && owned.get(key)?.state === 'applied';
}

/** `action` as what is left of it where drift is not repaired. */
export function leaveDrift(action: PlannedAction, desired: DesiredObject, live: KubeObject | null): PlannedAction {
  const { drift } = rulesFor(desired);
  if (drift === 'repair' || (action.kind !== 'create' && action.kind !== 'update')) return action;
  const { identity, origin, changes = [] } = action;
  const paths = changes.map(({ path }) => path);
  const what = live === null ? 'was deleted' : `was changed: ${describeChanges(managersOfChanges(live, paths))}`;
  const why = drift === 'report' ? 'drift is reported and not repaired' : 'drift is ignored';
  return { kind: 'keep', identity, ...(origin && { origin }), reason: `it ${what}; ${why}` };
}

/** What a reader has to know of an update beside its diff, each as the end of a sentence that starts with the object. */
export function notesOf(desired: DesiredObject, before: KubeObject, after: KubeObject): readonly string[] {
  const { drift, apply } = rulesFor(desired);
  const taken = (apply === 'merge' ? null : takeOverFields(before.metadata))?.from ?? [];
  const lost = lostAppliers(readLiveObject(before), readLiveObject(after));
  return [
    ...(drift === 'repair' ? [] : ['is changed only where Git changed it: what others changed is left as it is']),
    ...(taken.length === 0 ? [] : [`is taken over from ${taken.join(', ')}: fields that Git does not have go away`]),
    ...lost.map((manager) => `loses fields that ${JSON.stringify(manager)} applies, too`),
  ];
}
