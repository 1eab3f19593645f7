/** @module The body of a DELETE, and what its answer means. */
import { stringifyJson } from '../encoding/json.ts';
import { fieldsOf } from '../encoding/value-kind.ts';
import type { DeleteOptions } from './client.ts';

/** The DeleteOptions to send; undefined when the server's defaults are meant. */
export function toDeleteBody(options: DeleteOptions): string | undefined {
  const { uid, resourceVersion, propagation, dryRun } = options;
  const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  const body = {
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
  };
  if (Object.keys(body).length === 0) return undefined;
  return stringifyJson({ apiVersion: 'v1', kind: 'DeleteOptions', ...body });
}

/**
 * What an accepted DELETE did. The server answers with a Status, or with the object as it now stands: one that is marked
 * for deletion is kept by finalizers or by its grace period. Some kinds are answered with the object that is already gone.
 */
export function deletionOutcome(answer: Readonly<Record<string, unknown>>): 'deleted' | 'terminating' {
  const metadata = fieldsOf(answer['metadata']);
  const status = fieldsOf(answer['status']);
  if (answer['kind'] === 'Status') return 'deleted';
  // A Namespace's finalizers are part of its spec.
  if (status['phase'] === 'Terminating') return 'terminating';
  if (typeof metadata['deletionTimestamp'] !== 'string') return 'deleted';
  const hasFinalizers = Array.isArray(metadata['finalizers']) && metadata['finalizers'].length > 0;
  return hasFinalizers || metadata['deletionGracePeriodSeconds'] !== 0 ? 'terminating' : 'deleted';
}
