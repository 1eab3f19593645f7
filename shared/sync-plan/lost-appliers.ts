/** @module Who else applies an object and lost fields to Signet, which applies with force. */
import type { LiveObject } from './live-object.ts';

/** Names of the managers that kept fields by server-side apply before, and keep fewer of them after our write; sorted. */
export function lostAppliers(before: LiveObject, after: LiveObject): readonly string[] {
  const { appliers = {} } = after;
  return Object.entries(before.appliers ?? {})
    .filter(([manager, digest]) => !Object.hasOwn(appliers, manager) || appliers[manager] !== digest)
    .map(([manager]) => manager)
    .sort();
}
