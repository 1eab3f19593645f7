/** @module How an attempt to bring one object to what Git wants ended. */
import type { ApplyCause } from '../sync-plan/decide-apply.ts';

/**
 * How an attempt to keep an object ended. `dropped`: by then nobody wanted it any more. `deferred`: somebody keeps changing it back,
 * and its next repair has to wait. `drifted`: it differs from Git, which is only told of. `reason` and `message` start lower case.
 */
export type KeepResult =
  | { readonly kind: 'unchanged' | 'dropped' | 'deferred' | 'drifted' }
  | { readonly kind: 'applied'; readonly cause: ApplyCause; readonly wasWritten: boolean }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string };
