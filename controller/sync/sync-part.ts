/** @module The sync engine as one running part: the watch on GitSyncs, the loop over them, the live view and the drift watch. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { GIT_SYNC_KIND, SIGNET_API_VERSION } from '../../shared/resources/names.ts';
import { describeIdentity, objectKey } from '../../shared/resources/object-meta.ts';
import { createObjectDigest, type DigestObject } from '../../shared/sync-plan/digest.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { Logger } from '../logging/logger.ts';
import type { ReconcileMetrics } from '../metrics/reconcile-metrics.ts';
import type { SyncMetrics } from '../metrics/sync-metrics.ts';
import type { ControllerPart } from '../reconcile-loop/controller-part.ts';
import { createLoop, type Loop } from '../reconcile-loop/loop.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { DependencyWatch } from './dependency-watch.ts';
import { DriftWatch } from './drift-watch.ts';
import { askOf, GitSyncCache, ownerOf, requestFor } from './git-sync-cache.ts';
import { GitSyncReconciler } from './git-sync-reconciler.ts';
import type { HealthKeeper } from './health-keeper.ts';
import { InventoryStore } from './inventory-store.ts';
import { LookSchedule } from './look-schedule.ts';
import { SourceReader, type SourceReaderOptions } from './source-reader.ts';
import { StatusWriter } from './status-writer.ts';
import type { SyncClient } from './sync-client.ts';
import { SyncReporter } from './sync-reporter.ts';
import type { SyncState } from './sync-state.ts';
import { SyncStates } from './sync-states.ts';
import { WatchHub } from './watch-hub.ts';

/** What the part is made of. */
export interface SyncPartOptions {
  readonly client: SyncClient;
  /** Opens a repository under the controller's own policy, limits and cache folder. */
  readonly openRepository: SourceReaderOptions['openRepository'];
  /** Where Signet runs: never pruned. */
  readonly controllerNamespace: string;
  /** Reads, or makes, the key of digests. Asked again after a failure. */
  readonly loadDigestKey: () => Promise<SecretBytes>;
  readonly events: EventRecorder;
  readonly now: () => Date;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: { readonly reconcile: ReconcileMetrics; readonly sync: SyncMetrics };
  /** How many GitSyncs are worked on at the same time. */
  readonly concurrency: number;
}

/** Long enough for a definition that is being replaced. */
const AFTER_UNSERVED_MS = 1_000;

/** Health that is settled is told at once; what is on its way, once a second. */
const HEALTH_SETTLED_MS = 10;
const HEALTH_MOVING_MS = 1_000;

function wakeDelayOf(health: HealthKeeper): number {
  const unhealthy = health.unhealthy();
  const isSettled = unhealthy.length === 0 || unhealthy.some((one) => one.health.state === 'failed');
  return isSettled ? HEALTH_SETTLED_MS : HEALTH_MOVING_MS;
}

/** A sync engine that does nothing until it is started. */
export function createSyncPart(options: SyncPartOptions): ControllerPart {
  return new SyncEngine(options);
}

class SyncEngine implements ControllerPart {
  readonly #options: SyncPartOptions;
  readonly #cache = new GitSyncCache();
  readonly #hub: WatchHub;
  readonly #states: SyncStates;
  readonly #store: InventoryStore;
  readonly #schedule = new LookSchedule();
  readonly #dependencies: DependencyWatch;
  readonly #sources: SourceReader;
  readonly #loop: Loop;
  /** What each GitSync asked for when the watch last told of it; the cache may have run ahead of the watch. */
  readonly #asked = new Map<string, string>();
  #watch: ObjectWatch | null = null;
  #digest: Promise<DigestObject> | null = null;
  #lastProblem = '';
  /** The kind is not installed, and so there is nothing to be ready for. */
  #isUnserved = false;

  constructor(options: SyncPartOptions) {
    const { client, nowMs, logger, events, metrics, random, concurrency } = options;
    const cache = this.#cache;
    this.#options = options;
    this.#sources = new SourceReader({ ...options, onMoved: (request) => this.#loop.enqueue(request) });
    const reporter = new SyncReporter({ events, metrics: metrics.sync, logger, cache });
    this.#hub = new WatchHub({
      client,
      nowMs,
      onChange: (identity) => {
        const key = objectKey(identity);
        for (const state of this.#states.all()) state.health.onWatch(key);
        drift.onChange(identity);
      },
      onUnserved: (owners) => {
        for (const { request } of this.#states.allOf(owners)) this.#enqueue(request, AFTER_UNSERVED_MS);
      },
    });
    this.#states = new SyncStates({
      client,
      cache,
      hub: this.#hub,
      nowMs,
      onRepaired: (state, repair) => reporter.repaired(state, repair),
      onDeferred: (state, { identity }, { afterMs, isFirst }) => {
        if (isFirst) reporter.contested(state, describeIdentity(identity));
        this.#enqueue(state.request, afterMs);
      },
      onUnsettled: (state, desired) => drift.look(state, desired),
      // Git and the plan are not looked at for it, so nobody asks the schedule.
      onHealth: ({ request, health }) => this.#loop.enqueue(request, wakeDelayOf(health)),
    });
    const drift = new DriftWatch({
      hub: this.#hub,
      states: () => this.#states.all(),
      enqueue: ({ request }, delayMs) => this.#enqueue(request, delayMs),
      logger,
    });
    this.#dependencies = new DependencyWatch({
      cache,
      states: () => this.#states.all(),
      enqueue: ({ request }) => this.#enqueue(request),
    });
    this.#store = new InventoryStore(client, nowMs);
    const reconciler = new GitSyncReconciler({
      ...options,
      cache,
      hub: this.#hub,
      states: this.#states,
      store: this.#store,
      sources: this.#sources,
      statuses: new StatusWriter(client, cache),
      loadDigest: () => this.#loadDigest(),
      reporter,
      schedule: this.#schedule,
      enqueue: (request, delayMs) => this.#enqueue(request, delayMs),
    });
    this.#loop = createLoop({ reconciler, name: 'GitSync', concurrency, random, logger, metrics: metrics.reconcile });
  }

  async start(): Promise<void> {
    this.#watch = this.#options.client.watch(
      GIT_SYNCS,
      {},
      {
        onEvent: (event) => this.#onGitSync(event),
        // Who owns what can be told only when all GitSyncs are known.
        onSynced: () => {
          this.#isUnserved = false;
          this.#loop.start();
        },
        onProblem: (error) => this.#onProblem(error),
      },
    );
  }

  waitingFor(): string | null {
    return this.isReady() ? null : 'sync: waits for a complete look at the GitSyncs';
  }

  isReady(): boolean {
    return this.#isUnserved || this.#watch?.isSynced() === true;
  }

  async stop(): Promise<void> {
    this.#watch?.stop();
    await this.#loop.stop();
    this.#hub.stop();
    await Promise.all(Array.from(this.#states.all(), (state) => this.#flush(state)));
  }

  #onGitSync({ kind, object }: WatchEvent): void {
    const gitSync = object as GitSync;
    const request = requestFor(gitSync);
    const owner = ownerOf(request);
    if (kind === 'removed') {
      this.#cache.forget(gitSync);
      this.#sources.forget(request);
    } else this.#cache.learn(gitSync);
    this.#dependencies.onGitSync(gitSync, kind === 'removed');
    const asked = kind === 'removed' ? undefined : askOf(gitSync);
    if (asked !== undefined && asked === this.#asked.get(owner)) return;
    if (asked === undefined) this.#asked.delete(owner);
    else this.#asked.set(owner, asked);
    this.#enqueue(request);
  }

  /** Asks for a whole look. */
  #enqueue(request: Request, delayMs = 0): void {
    this.#schedule.ask(ownerOf(request), this.#options.nowMs() + delayMs);
    this.#loop.enqueue(request, delayMs);
  }

  #onProblem(error: unknown): void {
    const problem = describeError(error);
    const isNews = problem !== this.#lastProblem;
    this.#lastProblem = problem;
    this.#options.logger[isNews ? 'warn' : 'debug']({ error: problem }, 'cannot watch GitSyncs');
    if (isKubeError(error, 'KUBE_NOT_FOUND', 'KUBE_FORBIDDEN')) void this.#lookForKind();
  }

  /** Without rights the server says the same of a kind that is installed and of one that is not; discovery tells them apart. */
  async #lookForKind(): Promise<void> {
    const type = await this.#options.client.findType(SIGNET_API_VERSION, GIT_SYNC_KIND).catch(() => undefined);
    if (type === null && !this.#isUnserved)
      this.#options.logger.info({}, 'GitSync is not installed: nothing is synced');
    if (type !== undefined) this.#isUnserved = type === null;
  }

  #loadDigest(): Promise<DigestObject> {
    this.#digest ??= this.#options
      .loadDigestKey()
      .then(createObjectDigest)
      .catch((error: unknown) => {
        this.#digest = null;
        throw error;
      });
    return this.#digest;
  }

  /** What is lost here costs the next start some requests, and nothing else. */
  async #flush(state: SyncState): Promise<void> {
    state.stopWaiting();
    await state.keeper.idle();
    try {
      await this.#store.flush(state);
    } catch (error) {
      this.#options.logger.debug({ gitSync: state.owner, error: describeError(error) }, 'cannot store an inventory');
    }
  }
}
