/** @module The sync engine as one running part: the watch on GitSyncs, the loop over them, the live view and the drift watch. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { ObjectWatch } from '../../shared/kube/client.ts';
import { InventoryStore } from '../../shared/sync/inventory-store.ts';
import type { SealedPreflight } from '../../shared/sync/sealed-preflight.ts';
import { createObjectDigest, type DigestObject } from '../../shared/sync-plan/digest.ts';
import type { BuildKustomization } from '../../shared/sync-plan/render-revision.ts';
import { laneOf } from '../clusters/choose-cluster.ts';
import { ClusterPool, type OpenClient } from '../clusters/cluster-pool.ts';
import type { SyncClient } from '../clusters/sync-client.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import { GitSyncCache, ownerOf } from '../git-syncs/git-sync-cache.ts';
import { KnownAsks } from '../git-syncs/known-asks.ts';
import { LaneLoops } from '../git-syncs/lane-loops.ts';
import { LookSchedule } from '../git-syncs/look-schedule.ts';
import { StatusWriter } from '../git-syncs/status-writer.ts';
import type { HealthKeeper } from '../keeping/health-keeper.ts';
import type { Logger } from '../logging/logger.ts';
import type { ReconcileMetrics } from '../metrics/reconcile-metrics.ts';
import type { SyncMetrics } from '../metrics/sync-metrics.ts';
import type { ControllerPart } from '../reconcile-loop/controller-part.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { GitSyncFollower } from './git-sync-follower.ts';
import { GitSyncReconciler } from './git-sync-reconciler.ts';
import { watchInventories } from './inventory-watch.ts';
import { LiveViews } from './live-views.ts';
import { reachCluster } from './reach-cluster.ts';
import { SourceReader, type SourceReaderOptions } from './source-reader.ts';
import { SyncReporter } from './sync-reporter.ts';
import type { SyncState } from './sync-state.ts';
import { SyncStates } from './sync-states.ts';
import { WebhookInbox } from './webhook-inbox.ts';

/** What the part is made of. */
export interface SyncPartOptions {
  readonly client: SyncClient;
  /** Opens clients for the objects of GitSyncs that name an account or a cluster. */
  readonly openClient: OpenClient;
  /** Acts for GitSyncs of this cluster that name no account, each in its own namespace; undefined: the controller itself does. */
  readonly defaultServiceAccount?: string | undefined;
  /** Opens a repository under the controller's own policy, limits and cache folder. */
  readonly openRepository: SourceReaderOptions['openRepository'];
  /** Builds kustomizations; absent: they are refused. */
  readonly build?: BuildKustomization;
  /** Where Signet runs: never pruned. */
  readonly controllerNamespace: string;
  /** Reads, or makes, the key of digests. Asked again after a failure. */
  readonly loadDigestKey: () => Promise<SecretBytes>;
  /** Tells whether SealedSecrets open, before a commit is taken on; absent where nobody here knows. */
  readonly preflight?: SealedPreflight;
  /** Whether somebody is known to unseal SealedSecrets here, and to say so in their status; default: yes. */
  readonly isUnsealed?: boolean;
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

/** Drift seldom comes alone, and the status says it all at once. */
const AFTER_DRIFT_MS = 300;
/** Health that is settled is told at once; what is on its way, once a second. */
const HEALTH_SETTLED_MS = 10;
const HEALTH_MOVING_MS = 1_000;

function wakeDelayOf(health: HealthKeeper): number {
  const unhealthy = health.unhealthy();
  const isSettled = unhealthy.length === 0 || unhealthy.some((one) => one.health.state === 'failed');
  return isSettled ? HEALTH_SETTLED_MS : HEALTH_MOVING_MS;
}

/** The part, and what it takes in from outside of the cluster. */
export interface SyncPart extends ControllerPart {
  readonly webhooks: WebhookInbox;
}

/** A sync engine that does nothing until it is started. */
export function createSyncPart(options: SyncPartOptions): SyncPart {
  return new SyncEngine(options);
}

class SyncEngine implements SyncPart {
  readonly webhooks: WebhookInbox;
  readonly #options: SyncPartOptions;
  readonly #gitSyncs: GitSyncFollower;
  readonly #cache = new GitSyncCache();
  readonly #pool: ClusterPool;
  readonly #views: LiveViews;
  readonly #states: SyncStates;
  readonly #store: InventoryStore;
  readonly #schedule = new LookSchedule();
  readonly #sources: SourceReader;
  readonly #loop: LaneLoops;
  readonly #asks: KnownAsks;
  #inventories: ObjectWatch | null = null;
  #digest: Promise<DigestObject> | null = null;

  constructor(options: SyncPartOptions) {
    const { client, nowMs, logger, events, metrics, random, concurrency } = options;
    const cache = this.#cache;
    this.#options = options;
    this.#asks = new KnownAsks(nowMs);
    this.#sources = new SourceReader({ ...options, cache, onMoved: (request) => this.#enqueue(request) });
    const reporter = new SyncReporter({ events, metrics: metrics.sync, logger, cache });
    const enqueue = (request: Request, delayMs?: number): void => this.#enqueue(request, delayMs);
    this.#views = new LiveViews({ states: () => this.#states, enqueue, nowMs, logger });
    this.#pool = new ClusterPool({ ...options, openTarget: (place) => this.#views.open(place) });
    this.#states = this.#createStates(reporter);
    this.#gitSyncs = this.#createFollower(enqueue);
    this.webhooks = new WebhookInbox({ cache, nowMs, look: (...words) => this.#lookAnew(...words) });
    this.#store = new InventoryStore(client, nowMs);
    const reconciler = new GitSyncReconciler({
      ...options,
      cache,
      states: this.#states,
      reach: (...words) =>
        reachCluster({ pool: this.#pool, onLeft: (...left) => reporter.leftBehind(...left) }, ...words),
      onOrphaned: (...words) => reporter.leftBehind(...words),
      onReleased: (...words) => reporter.letGo(...words),
      store: this.#store,
      sources: this.#sources,
      asks: this.#asks,
      rendering: { client, ...(options.build !== undefined && { build: options.build }) },
      statuses: new StatusWriter(client, cache),
      loadDigest: () => this.#loadDigest(),
      preflight: options.preflight ?? null,
      isUnsealed: options.isUnsealed ?? true,
      reporter,
      schedule: this.#schedule,
      onLooked: (state) => this.#views.driftOf(state)?.onLooked(state),
      enqueue,
    });
    this.#loop = new LaneLoops({
      reconciler,
      concurrency,
      random,
      logger,
      metrics: metrics.reconcile,
      laneOf: (request) => laneOf(cache.find(request)),
    });
  }

  #createStates(reporter: SyncReporter): SyncStates {
    return new SyncStates({
      ...this.#options,
      cache: this.#cache,
      pool: this.#pool,
      onDrifted: (state, record, { isFirst }) => {
        // How often a fight was won is in the status; that there is one is news once.
        if (isFirst || record.state === 'Reported') reporter.drifted(state, record);
        this.#enqueue(state.request, AFTER_DRIFT_MS);
      },
      onSettled: (state, record) => {
        reporter.settled(state, record);
        this.#enqueue(state.request, AFTER_DRIFT_MS);
      },
      onTaken: (state, desired, managers) => reporter.taken(state, desired, managers),
      onRepaired: (state, repair) => reporter.repaired(state, repair),
      onDeferred: ({ request }, _, { afterMs }) => this.#enqueue(request, afterMs),
      onRecreated: (state, item) => reporter.recreated(state, item),
      onUnsettled: (state, desired) => this.#views.driftOf(state)?.look(state, desired),
      // Git and the plan are not looked at for it, so nobody asks the schedule.
      onHealth: ({ request, health }) => this.#loop.enqueue(request, wakeDelayOf(health)),
    });
  }

  #createFollower(look: (request: Request) => void): GitSyncFollower {
    return new GitSyncFollower({
      ...this.#options,
      cache: this.#cache,
      asks: this.#asks,
      states: () => this.#states.all(),
      look,
      onAccountGone: (request) => this.#states.halt(request),
      onGone: (request) => this.webhooks.forget(request),
      // Who owns what can be told only when all GitSyncs are known.
      onSynced: () => this.#loop.start(),
      // After an outage everything would otherwise wait for what its backoff grew to meanwhile.
      onRecovered: () => this.#loop.retryNow(),
    });
  }

  async start(): Promise<void> {
    this.#options.preflight?.onChange(() => this.#retryUnsealing());
    this.#gitSyncs.start();
    const onRemoved = (request: Request): void => {
      if (this.#states.doubtInventory(request)) this.#enqueue(request);
    };
    this.#inventories = watchInventories({ ...this.#options, onRemoved });
  }

  waitingFor(): string | null {
    return this.isReady() ? null : 'sync: waits for a complete look at the GitSyncs';
  }

  isReady(): boolean {
    return this.#gitSyncs.isReady();
  }

  async stop(): Promise<void> {
    this.#gitSyncs.stop();
    this.#inventories?.stop();
    await this.#loop.stop();
    await Promise.all(Array.from(this.#states.all(), (state) => this.#flush(state)));
    this.#pool.stop();
  }

  /** Other keys are loaded: what could not be unsealed before may be now. */
  #retryUnsealing(): void {
    for (const { request, refused } of this.#states.all()) if (refused?.keys !== undefined) this.#enqueue(request);
  }

  /** Asks for a whole look that trusts in nothing that the remote said before. */
  #lookAnew(request: Request, delayMs: number): void {
    this.#sources.doubt(request);
    this.#enqueue(request, delayMs);
  }

  /** Asks for a whole look. */
  #enqueue(request: Request, delayMs = 0): void {
    this.#schedule.ask(ownerOf(request), this.#options.nowMs() + delayMs);
    this.#loop.enqueue(request, delayMs);
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
