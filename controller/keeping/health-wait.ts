/** @module Waits for health without holding anything up: what is not healthy now, since when that is waited for, and until when. */
import { DEFAULT_TIMEOUT, parseDuration } from '../../shared/resources/duration.ts';
import type { GitSync, SyncFailure } from '../../shared/resources/git-sync.ts';
import { objectFailure } from '../../shared/sync-plan/sync-failure.ts';
import type { HealthKeeper } from './health-keeper.ts';

/** How the objects of a revision are doing. */
export interface HealthReport {
  /** How many objects were looked at. */
  readonly objects: number;
  /** What is not healthy, each with why; failed ones first. */
  readonly unhealthy: readonly SyncFailure[];
  /** How many of these will not become healthy by themselves. */
  readonly failed: number;
  /** The timeout passed. */
  readonly isOverdue: boolean;
  /** Until the timeout passes; null when nothing is waited for any more. */
  readonly leftMs: number | null;
  /** As the GitSync says it, such as `5m`. */
  readonly timeout: string;
}

/** What is waited for, in the words of {@link HealthWait.report}. */
export interface HealthRound {
  /** Another one is another wait, with a timeout of its own. */
  readonly id: string;
  readonly objects: number;
  readonly gitSync: GitSync;
  readonly nowMs: number;
}

/** The wait of one GitSync. Anything new ends it: the next round has another id. */
export class HealthWait {
  readonly #keeper: Pick<HealthKeeper, 'unhealthy'>;
  #wait: { readonly id: string; readonly sinceMs: number } | null = null;

  constructor(keeper: Pick<HealthKeeper, 'unhealthy'>) {
    this.#keeper = keeper;
  }

  /** How `round` is doing now. */
  report({ id, objects, gitSync, nowMs }: HealthRound): HealthReport {
    const found = this.#keeper.unhealthy();
    const timeout = gitSync.spec.timeout ?? DEFAULT_TIMEOUT;
    if (found.length === 0) {
      this.#wait = null;
      return { objects, unhealthy: [], failed: 0, isOverdue: false, leftMs: null, timeout };
    }
    if (this.#wait?.id !== id) this.#wait = { id, sinceMs: nowMs };
    const failed = found.filter(({ health }) => health.state === 'failed');
    const others = found.filter(({ health }) => health.state !== 'failed');
    const leftMs = this.#wait.sinceMs + timeoutOf(gitSync) - nowMs;
    return {
      objects,
      unhealthy: [...failed, ...others].map(({ desired, health }) =>
        objectFailure(desired.identity, desired.origin, health.message),
      ),
      failed: failed.length,
      isOverdue: leftMs <= 0,
      leftMs: leftMs <= 0 ? null : leftMs,
      timeout,
    };
  }

  /** Nobody waits any more. */
  end(): void {
    this.#wait = null;
  }
}

/** Milliseconds that are waited for health. */
function timeoutOf({ spec }: GitSync): number {
  return parseDuration(spec.timeout ?? DEFAULT_TIMEOUT) ?? 0;
}
