/** @module What others changed of one object, found out by a dry run of what Git wants. Names fields and managers, and no value. */
import type { KubeObject } from '../resources/object-meta.ts';
import type { DesiredObject } from '../sync-plan/desired-object.ts';
import { type ManagerChange, managersOfChanges } from '../sync-plan/drift-managers.ts';
import { objectChanges } from '../sync-plan/object-changes.ts';
import { showPair } from '../sync-plan/shown-object.ts';
import { type ApplyDependencies, applyObject } from './apply.ts';
import { readObject } from './read-object.ts';

/** How an object differs from Git. No changes: it is as Git has it, whoever wrote it last. */
export interface ObjectDrift {
  /** Null when it is gone. */
  readonly live: KubeObject | null;
  readonly changes: readonly ManagerChange[];
}

/** Compares the live object with what applying `desired` would make of it. Two requests, and nothing is written. @throws KubeError */
export async function findDrift(dependencies: ApplyDependencies, desired: DesiredObject): Promise<ObjectDrift> {
  const live = await readObject(dependencies, desired);
  if (live === null) return { live, changes: [] };
  const after = await applyObject(dependencies, desired, { before: { object: live }, dryRun: true });
  // Only paths are looked at, and equal values have to stay equal: no digest that anybody sees is made here.
  const shown = showPair({ before: live, after }, (_, value) => value);
  const paths = objectChanges(shown).map(({ path }) => path);
  return { live, changes: managersOfChanges(live, paths) };
}
