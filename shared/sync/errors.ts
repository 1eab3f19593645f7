/** @module What can go wrong while a plan is carried out, beside the refusals of the API server, which are KubeErrors. */
import { CodedError } from '../errors/coded-error.ts';

/**
 * Closed list. `SYNC_KIND_NOT_SERVED`: discovery does not know the kind now; it may later. `SYNC_TOO_MANY_OBJECTS`: the inventory would be larger
 * than an object can be. `SYNC_RECREATION_HELD`: the object cannot be changed in place, and nobody allowed to make it anew.
 * `SYNC_SPEC_INVALID`: the GitSync says something that cannot be.
 * `SYNC_RECREATION_WAITING`: it is on its way out, and comes back when it is gone.
 */
export type SyncErrorCode =
  | 'SYNC_KIND_NOT_SERVED'
  | 'SYNC_TOO_MANY_OBJECTS'
  | 'SYNC_SPEC_INVALID'
  | 'SYNC_RECREATION_HELD'
  | 'SYNC_RECREATION_WAITING';

/** Objects could not be brought where Git wants them. */
export class SyncError extends CodedError<SyncErrorCode> {}

/** `SUBSTITUTE_SOURCE_INVALID`: variables could not be read. `RENDER_SETTINGS_INVALID`: the GitSync says something that cannot be. */
export type SubstitutionErrorCode = 'SUBSTITUTE_SOURCE_INVALID' | 'RENDER_SETTINGS_INVALID';

/** Files cannot be rendered for what stands beside them. Quotes names, and no value. */
export class SubstitutionError extends CodedError<SubstitutionErrorCode> {}

/** The failure of an object whose kind nobody serves. */
export function kindNotServed(apiVersion: string, kind: string): SyncError {
  const message = `no kind "${kind}" in version "${apiVersion}" is served by the cluster`;
  return new SyncError('SYNC_KIND_NOT_SERVED', message);
}
