/**
 * @module One loop for each lane, so that what waits for one cluster never holds a place that another needs. A request belongs to one
 * lane at a time, and is worked on once at a time whatever its lane was before.
 */
import type { ReconcileMetrics } from '../metrics/reconcile-metrics.ts';
import { createLoop, type Loop, type LoopOptions } from '../reconcile-loop/loop.ts';
import type { Outcome, Request } from '../reconcile-loop/reconciler.ts';
import { ownerOf } from './git-sync-cache.ts';

/** What lanes are made of. */
export interface LaneLoopsOptions extends Omit<LoopOptions, 'name'> {
  /** The lane of a request; empty for the one that is always there. */
  readonly laneOf: (request: Request) => string;
}

/** Of each lane but the first; the other side has limits of its own. */
const LANE_CONCURRENCY = 2;
/** After this a request that is still worked on in its lane of before is looked at again. */
const BUSY_MS = 500;

/** Loops by lane. */
export class LaneLoops {
  readonly #options: LaneLoopsOptions;
  readonly #loops = new Map<string, Loop>();
  readonly #depths = new Map<string, number>();
  readonly #running = new Set<string>();
  #isStarted = false;
  #isStopped = false;

  constructor(options: LaneLoopsOptions) {
    this.#options = options;
    this.#loopOf('');
  }

  /** As {@link Loop.enqueue}, in the lane that the request has now. */
  enqueue(request: Request, delayMs?: number): void {
    if (!this.#isStopped) this.#loopOf(this.#options.laneOf(request)).enqueue(request, delayMs);
  }

  /** As {@link Loop.retryNow}, in all lanes. */
  retryNow(): void {
    for (const loop of this.#loops.values()) loop.retryNow();
  }

  start(): void {
    this.#isStarted = true;
    for (const loop of this.#loops.values()) loop.start();
  }

  /** Ends all lanes; resolves when nothing is worked on any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(Array.from(this.#loops.values(), (loop) => loop.stop()));
  }

  #loopOf(lane: string): Loop {
    const known = this.#loops.get(lane);
    if (known !== undefined) return known;
    this.#forgetEmpty();
    const { concurrency } = this.#options;
    const loop = createLoop({
      ...this.#options,
      name: 'GitSync',
      concurrency: lane === '' ? concurrency : LANE_CONCURRENCY,
      metrics: this.#metricsOf(lane),
      reconciler: { reconcile: (request, signal) => this.#reconcile(lane, request, signal) },
    });
    this.#loops.set(lane, loop);
    if (this.#isStarted) loop.start();
    return loop;
  }

  /** Lanes come and go with what GitSyncs name. The first one stays. */
  #forgetEmpty(): void {
    for (const [lane, loop] of this.#loops) {
      if (lane === '' || !loop.isEmpty()) continue;
      this.#loops.delete(lane);
      this.#depths.delete(lane);
    }
  }

  async #reconcile(lane: string, request: Request, signal: AbortSignal): Promise<Outcome> {
    const now = this.#options.laneOf(request);
    if (now !== lane) {
      this.#loopOf(now).enqueue(request);
      return { kind: 'settled' };
    }
    const owner = ownerOf(request);
    if (this.#running.has(owner)) return { kind: 'again', afterMs: BUSY_MS };
    this.#running.add(owner);
    try {
      return await this.#options.reconciler.reconcile(request, signal);
    } finally {
      this.#running.delete(owner);
    }
  }

  /** The depth of all lanes is told as one. */
  #metricsOf(lane: string): ReconcileMetrics {
    const { metrics } = this.#options;
    return {
      reconciled: (...words) => metrics.reconciled(...words),
      queueDepth: (kind, depth) => {
        this.#depths.set(lane, depth);
        metrics.queueDepth(
          kind,
          this.#depths.values().reduce((sum, one) => sum + one, 0),
        );
      },
    };
  }
}
