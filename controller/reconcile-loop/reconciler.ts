/** @module The contract between a reconciler, which knows one kind, and the loop, which knows none. */
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';

/** One object to look at; its current state is read by the reconciler, never carried along. */
export interface Request {
  readonly namespace: string;
  readonly name: string;
}

/** The request to look at `object`. */
export function requestOf({ metadata }: { readonly metadata: ObjectMeta }): Request {
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

/** It failed for a reason that may pass. */
export interface RetryOutcome {
  readonly kind: 'retry';
  readonly error: unknown;
  readonly atLeastMs?: number;
  /** Longest wait that the backoff grows to; default: five minutes. */
  readonly atMostMs?: number;
  /** What failed is not what failed before: the backoff begins anew. */
  readonly isFresh?: boolean;
}

/** It is looked at again after a time, as planned. */
export interface AgainOutcome {
  readonly kind: 'again';
  readonly afterMs: number;
  /** Nothing was done for it yet, so that what failed before still counts for the backoff. */
  readonly isUntried?: boolean;
}

/**
 * How a reconcile ended. `settled`: nothing more to do until a change. `again`: look again after a time, as planned.
 * `retry`: failed for a reason that may pass; the loop looks again with capped backoff, for ever. `stalled`: only a change
 * can mend it.
 */
export type Outcome =
  | { readonly kind: 'settled' }
  | AgainOutcome
  | RetryOutcome
  | { readonly kind: 'stalled'; readonly reason: string };

/**
 * Brings one object to its wanted state. Called once at a time per object, in parallel for different ones. Records its
 * own status and events. A throw is a bug or an unforeseen failure: the loop logs it and treats it as `retry`.
 */
export interface Reconciler {
  reconcile(request: Request, signal: AbortSignal): Promise<Outcome>;
}
