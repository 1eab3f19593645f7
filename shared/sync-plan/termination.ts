/** @module Why an object whose deletion was asked for is still there, in words. */
import { listSome } from '../encoding/list-some.ts';
import type { ObjectMeta } from '../resources/object-meta.ts';

/** The API server keeps their number and length in bounds, and nobody reads a long list. */
const MAX_NAMED = 3;

/** `since 2026-01-31T10:00:00Z, held by finalizer example.com/cleanup`; undefined for an object that nobody deletes. */
export function describeTermination({ deletionTimestamp, finalizers = [] }: ObjectMeta): string | undefined {
  if (deletionTimestamp === undefined) return undefined;
  const since = `since ${deletionTimestamp}`;
  if (finalizers.length === 0) return since;
  const noun = finalizers.length === 1 ? 'finalizer' : 'finalizers';
  return `${since}, held by ${noun} ${listSome(finalizers, MAX_NAMED)}`;
}
