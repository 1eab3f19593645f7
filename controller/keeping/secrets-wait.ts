/** @module Waits for SealedSecrets that workloads need, without holding anything up: what waits, since when, and until when. */
import { DEFAULT_TIMEOUT, parseDuration } from '../../shared/resources/duration.ts';
import type { GitSync, SyncFailure } from '../../shared/resources/git-sync.ts';
import type { ObjectKey } from '../../shared/resources/object-meta.ts';
import { describeHeld, type HeldConsumer } from '../../shared/sync/await-secrets.ts';
import type { LiveView } from '../../shared/sync-plan/live-object.ts';

/** What became of the workloads that were held back in one round. */
export interface SecretsReport {
  /** Workloads whose SealedSecrets cannot be unsealed, or were waited for long enough. */
  readonly failures: readonly SyncFailure[];
  /** Workloads that still wait, each with what for. */
  readonly waiting: readonly SyncFailure[];
  /** Until the timeout passes, or until there is news already; null when nothing is waited for. */
  readonly leftMs: number | null;
}

/** One round, in the words of {@link SecretsWait.report}. */
export interface SecretsRound {
  /** Another one is another wait, with a timeout of its own. */
  readonly id: string;
  readonly gitSync: GitSync;
  readonly hub: LiveView;
  readonly nowMs: number;
}

/** The wait of one GitSync. Anything new ends it: the next round has another id. */
export class SecretsWait {
  #wait: { readonly id: string; readonly sinceMs: number } | null = null;
  #awaited: ReadonlySet<ObjectKey> = new Set();

  /** Whether a change of this SealedSecret is worth a round. */
  awaits(key: ObjectKey): boolean {
    return this.#awaited.has(key);
  }

  /** What `held` of this round come to. */
  report(held: readonly HeldConsumer[], { id, gitSync, hub, nowMs }: SecretsRound): SecretsReport {
    this.#awaited = new Set(held.map(({ sealed }) => sealed.key));
    if (this.#wait?.id !== id) this.#wait = { id, sinceMs: nowMs };
    const timeout = gitSync.spec.timeout ?? DEFAULT_TIMEOUT;
    const leftMs = this.#wait.sinceMs + (parseDuration(timeout) ?? 0) - nowMs;
    const waiting = held.filter(({ state }) => state === 'waiting');
    const isOverdue = leftMs <= 0;
    const failed = isOverdue ? held : held.filter(({ state }) => state === 'failed');
    // What changed while it was looked at was told of before anybody listened.
    const hasNews = held.some(({ sealed, seenVersion }) => versionOf(hub, sealed) !== seenVersion);
    const isWaiting = waiting.length > 0 && !isOverdue;
    if (held.length === 0) this.#wait = null;
    return {
      failures: describeHeld(failed, isOverdue, timeout),
      waiting: isWaiting ? describeHeld(waiting, false, timeout) : [],
      leftMs: hasNews ? 0 : isWaiting ? leftMs : null,
    };
  }
}

function versionOf(hub: LiveView, { identity }: HeldConsumer['sealed']): string | null {
  const lookup = hub.find(identity);
  return typeof lookup === 'object' ? lookup.resourceVersion : null;
}
