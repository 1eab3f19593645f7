/** @module What applying and pruning came to: the parts that a summary is made of. */

import type { SyncFailure } from '../resources/git-sync.ts';
import type { HeldConsumer } from './await-secrets.ts';

/** What was written, and what could not be. */
export interface ApplyReport {
  readonly created: number;
  readonly changed: number;
  readonly failures: readonly SyncFailure[];
}

/** The same of one go through a plan. */
export interface PlanReport extends ApplyReport {
  /** Workloads that are left to a later round, since what they need was not unsealed. */
  readonly held: readonly HeldConsumer[];
  /** Objects that nobody wanted any more when their turn came. */
  readonly dropped: number;
}

/** Where the waves stopped. */
export interface WaveHold {
  readonly wave: number;
  /** `failed`: objects of the wave could not be applied. `held`: some wait for their Secrets. `unhealthy`: they were applied, and are waited for. */
  readonly cause: 'failed' | 'held' | 'unhealthy';
  /** Objects of later waves that are not as Git wants them. */
  readonly later: number;
}

/** What happened to the objects that left Git. Texts name objects, for people. */
export interface PruneReport {
  readonly deleted: readonly string[];
  /** Left in the cluster on purpose, with the reason. */
  readonly released: readonly string[];
  /** Asked to be deleted, and still there. */
  readonly waiting: readonly string[];
  readonly failures: readonly SyncFailure[];
}
