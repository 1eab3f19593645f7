/** @module Why a run was refused. */
import type { SyncFailure } from '../resources/git-sync.ts';

/** Nothing was written, because of `reason`, which is one of the condition reasons of a GitSync. */
export interface RefusedRun {
  readonly kind: 'refused';
  readonly reason: 'RenderFailed' | 'EmptyRender' | 'TooManyDeletions' | 'CannotUnseal';
  readonly message: string;
  readonly failures: readonly SyncFailure[];
}

/** The refusal for `reason`. */
export function refused(reason: RefusedRun['reason'], message: string, failures: readonly SyncFailure[]): RefusedRun {
  return { kind: 'refused', reason, message: `nothing is applied: ${message}`, failures };
}
