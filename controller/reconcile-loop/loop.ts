/**
 * @module Runs one reconciler over a queue with one entry per object: no object is worked on twice at the same time,
 * failures come back with capped backoff for ever, and nothing that a reconciler throws gets past the loop.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { Logger } from '../logging/logger.ts';
import type { ReconcileMetrics, ReconcileResult } from '../metrics/reconcile-metrics.ts';
import type { Outcome, Reconciler, Request, RetryOutcome } from './reconciler.ts';
import { retryDelayMs } from './retry-delay.ts';
import { type Urgency, WorkQueue } from './work-queue.ts';

/** What a loop is made of. */
export interface LoopOptions {
  readonly reconciler: Reconciler;
  /** Value of the `kind` label of metrics and log lines, such as `SealedSecret`. */
  readonly name: string;
  /** How many different objects are worked on at the same time. */
  readonly concurrency: number;
  /** From 0 inclusive to 1 exclusive, for the jitter of retries. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: ReconcileMetrics;
}

/** A running loop. */
export interface Loop {
  /**
   * Asks for a reconcile of `request`, now or after `delayMs`. Requests for the same object merge and the earliest wins;
   * one that arrives while the object is worked on runs afterwards. A request without delay clears the object's backoff.
   * Fresh requests, which is the default, go before the backlog, and retries are part of that.
   */
  enqueue(request: Request, delayMs?: number, urgency?: Urgency): void;
  /**
   * True while an object waits to be worked on now, delayed ones aside, or more than `idle` are worked on: so many are known to
   * wait for something else.
   */
  isBusy(idle?: number): boolean;
  /** True when nothing is worked on, and nothing will be before somebody asks for it: such a loop may be thrown away. */
  isEmpty(): boolean;
  /** What failed the last time is worked on now, since what it failed of may be over. Its backoff begins anew. */
  retryNow(): void;
  start(): void;
  /** Takes no new work, aborts the signal of running reconciles, and resolves when they have returned. */
  stop(): Promise<void>;
}

/** A loop that does nothing until it is started; requests made before are kept. */
export function createLoop(options: LoopOptions): Loop {
  return new QueueLoop(options);
}

class QueueLoop implements Loop {
  readonly #options: LoopOptions;
  readonly #queue: WorkQueue;
  readonly #running = new Set<Promise<void>>();
  readonly #failures = new Map<string, { readonly count: number; readonly request: Request }>();
  readonly #abort = new AbortController();
  #started = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#queue = new WorkQueue(() => this.#dispatch());
  }

  enqueue(request: Request, delayMs = 0, urgency: Urgency = 'fresh'): void {
    if (this.#abort.signal.aborted) return;
    if (delayMs <= 0) this.#failures.delete(placeKey(request));
    this.#queue.add(placeKey(request), request, { delayMs, urgency });
  }

  isBusy(idle = 0): boolean {
    return this.#running.size > idle || this.#queue.depth > 0;
  }

  isEmpty(): boolean {
    return this.#running.size === 0 && this.#queue.isEmpty;
  }

  retryNow(): void {
    for (const request of [...this.#failures.values()].map((failed) => failed.request))
      this.enqueue(request, 0, 'backlog');
  }

  start(): void {
    this.#started = true;
    this.#dispatch();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#queue.clear();
    await Promise.all(this.#running);
  }

  #dispatch(): void {
    if (!this.#started || this.#abort.signal.aborted) return;
    while (this.#running.size < this.#options.concurrency) {
      const entry = this.#queue.take();
      if (entry === null) break;
      const run = this.#run(entry.key, entry.request).then(() => {
        this.#running.delete(run);
        this.#dispatch();
      });
      this.#running.add(run);
    }
    this.#options.metrics.queueDepth(this.#options.name, this.#queue.depth);
  }

  async #run(key: string, request: Request): Promise<void> {
    const startedAt = performance.now();
    const { outcome, panicked } = await this.#reconcile(request);
    this.#queue.release(key);
    const result: ReconcileResult = panicked ? 'panic' : outcome.kind;
    this.#options.metrics.reconciled(this.#options.name, result, (performance.now() - startedAt) / 1000);
    if (!this.#abort.signal.aborted) this.#follow(key, request, outcome);
  }

  async #reconcile(request: Request): Promise<{ outcome: Outcome; panicked: boolean }> {
    try {
      return { outcome: await this.#options.reconciler.reconcile(request, this.#abort.signal), panicked: false };
    } catch (error) {
      return { outcome: { kind: 'retry', error }, panicked: true };
    }
  }

  /** Plans what comes next for an object whose reconcile ended in `outcome`. */
  #follow(key: string, request: Request, outcome: Outcome): void {
    const isUntried = outcome.kind === 'again' && outcome.isUntried === true;
    if (outcome.kind !== 'retry' && !isUntried) this.#failures.delete(key);
    switch (outcome.kind) {
      case 'settled':
      case 'stalled':
        return;
      case 'again':
        this.#queue.add(key, request, { delayMs: Math.max(1, outcome.afterMs), urgency: 'fresh' });
        return;
      case 'retry':
        this.#retry(key, request, outcome);
    }
  }

  #retry(key: string, request: Request, outcome: RetryOutcome): void {
    const failures = outcome.isFresh === true ? 0 : (this.#failures.get(key)?.count ?? 0);
    this.#failures.set(key, { count: failures + 1, request });
    const delayMs = Math.max(retryDelayMs(failures, this.#options.random, outcome.atMostMs), outcome.atLeastMs ?? 0);
    this.#queue.add(key, request, { delayMs, urgency: 'backlog' });
    const fields = { kind: this.#options.name, ...request, retryInMs: Math.round(delayMs), failures: failures + 1 };
    this.#options.logger.warn({ ...fields, error: describeError(outcome.error) }, 'reconcile failed');
  }
}
