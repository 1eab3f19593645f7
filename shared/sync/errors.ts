/** @module What can go wrong while a plan is carried out, beside the refusals of the API server, which are KubeErrors. */
import { CodedError } from '../errors/coded-error.ts';

/** Closed list. `SYNC_KIND_NOT_SERVED`: discovery does not know the kind now; it may later. */
export type SyncErrorCode = 'SYNC_KIND_NOT_SERVED';

/** One object could not be brought where Git wants it. */
export class SyncError extends CodedError<SyncErrorCode> {}

/** The failure of an object whose kind nobody serves. */
export function kindNotServed(apiVersion: string, kind: string): SyncError {
  const message = `no kind "${kind}" in version "${apiVersion}" is served by the cluster`;
  return new SyncError('SYNC_KIND_NOT_SERVED', message);
}
