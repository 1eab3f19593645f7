/** @module The sync engine as one running part: the watch on GitSyncs, the loop over them, the live view and the drift watch. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { InventoryStore } from '../../shared/sync/inventory-store.ts';
import type { SealedPreflight } from '../../shared/sync/sealed-preflight.ts';
import { createObjectDigest, type DigestObject } from '../../shared/sync-plan/digest.ts';
import type { BuildKustomization } from '../../shared/sync-plan/render-revision.ts';
import { laneOf } from '../clusters/choose-cluster.ts';
import { ClusterPool, type OpenClient } from '../clusters/cluster-pool.ts';
import type { SyncClient } from '../clusters/sync-client.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import { askOf, GitSyncCache, ownerOf, requestFor } from '../git-syncs/git-sync-cache.ts';
import { GitSyncWatch } from '../git-syncs/git-sync-watch.ts';
import { LaneLoops } from '../git-syncs/lane-loops.ts';
import { LookSchedule } from '../git-syncs/look-schedule.ts';
import { accountsOf, configMapsOf, secretsOf } from '../git-syncs/named-objects.ts';
import { NamedWatch } from '../git-syncs/named-watch.ts';
import { StatusWriter } from '../git-syncs/status-writer.ts';
import type { HealthKeeper } from '../keeping/health-keeper.ts';
import type { Logger } from '../logging/logger.ts';
import type { ReconcileMetrics } from '../metrics/reconcile-metrics.ts';
import type { SyncMetrics } from '../metrics/sync-metrics.ts';
import type { ControllerPart } from '../reconcile-loop/controller-part.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { DependencyWatch } from './dependency-watch.ts';
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
  readonly #watch: GitSyncWatch;
  readonly #cache = new GitSyncCache();
  readonly #pool: ClusterPool;
  readonly #views: LiveViews;
  readonly #states: SyncStates;
  readonly #store: InventoryStore;
  readonly #schedule = new LookSchedule();
  readonly #dependencies: DependencyWatch;
  readonly #sources: SourceReader;
  readonly #named: readonly NamedWatch[];
  readonly #loop: LaneLoops;
  /** What each GitSync asked for when the watch last told of it; the cache may have run ahead of the watch. */
  readonly #asked = new Map<string, string>();
  #inventories: ObjectWatch | null = null;
  #digest: Promise<DigestObject> | null = null;

  constructor(options: SyncPartOptions) {
    const { client, nowMs, logger, events, metrics, random, concurrency } = options;
    const cache = this.#cache;
    this.#options = options;
    // Who owns what can be told only when all GitSyncs are known.
    this.#watch = this.#createWatch(() => this.#loop.start());
    this.#sources = new SourceReader({ ...options, onMoved: (request) => this.#enqueue(request) });
    const reporter = new SyncReporter({ events, metrics: metrics.sync, logger, cache });
    const enqueue = (request: Request, delayMs?: number): void => this.#enqueue(request, delayMs);
    this.#views = new LiveViews({ states: () => this.#states, enqueue, nowMs, logger });
    this.#pool = new ClusterPool({ ...options, openTarget: (place) => this.#views.open(place) });
    this.#states = new SyncStates({
      cache,
      pool: this.#pool,
      now: options.now,
      nowMs,
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
      controllerNamespace: options.controllerNamespace,
      onRecreated: (state, item) => reporter.recreated(state, item),
      onUnsettled: (state, desired) => this.#views.driftOf(state)?.look(state, desired),
      // Git and the plan are not looked at for it, so nobody asks the schedule.
      onHealth: ({ request, health }) => this.#loop.enqueue(request, wakeDelayOf(health)),
    });
    this.#dependencies = new DependencyWatch({
      cache,
      states: () => this.#states.all(),
      enqueue: ({ request }) => enqueue(request),
    });
    this.#named = this.#createNamedWatches();
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
      rendering: { client, ...(options.build !== undefined && { build: options.build }) },
      statuses: new StatusWriter(client, cache),
      loadDigest: () => this.#loadDigest(),
      preflight: options.preflight ?? null,
      isUnsealed: options.isUnsealed ?? true,
      reporter,
      schedule: this.#schedule,
      enqueue,
    });
    this.#loop = new LaneLoops({
      reconciler,
      name: 'GitSync',
      concurrency,
      random,
      logger,
      metrics: metrics.reconcile,
      laneOf: (request) => laneOf(cache.find(request)),
    });
  }

  #createWatch(onSynced: () => void): GitSyncWatch {
    const { client, logger } = this.#options;
    const onEvent = (event: WatchEvent): void => this.#onGitSync(event);
    // After an outage everything would otherwise wait for what its backoff grew to meanwhile.
    const onRecovered = (): void => this.#loop.retryNow();
    return new GitSyncWatch({ client, logger, onEvent, onSynced, onRecovered });
  }

  #createNamedWatches(): readonly NamedWatch[] {
    const { client, logger, defaultServiceAccount } = this.#options;
    const shared = { client, logger, cache: this.#cache };
    const onChange = (request: Request): void => this.#enqueue(request);
    return [
      new NamedWatch({ ...shared, type: SECRETS, namesOf: secretsOf, onChange }),
      new NamedWatch({ ...shared, type: CONFIG_MAPS, namesOf: configMapsOf, onChange }),
      new NamedWatch({
        ...shared,
        type: SERVICE_ACCOUNTS,
        namesOf: (gitSync) => accountsOf(gitSync, defaultServiceAccount),
        onChange: (request, kind) => {
          // The look may have to wait for one that is under way.
          if (kind === 'removed') this.#states.halt(request);
          this.#enqueue(request);
        },
      }),
    ];
  }

  async start(): Promise<void> {
    this.#options.preflight?.onChange(() => this.#retryUnsealing());
    this.#watch.start();
    const onRemoved = (request: Request): void => {
      if (this.#states.doubtInventory(request)) this.#enqueue(request);
    };
    this.#inventories = watchInventories({ ...this.#options, onRemoved });
  }

  waitingFor(): string | null {
    return this.isReady() ? null : 'sync: waits for a complete look at the GitSyncs';
  }

  isReady(): boolean {
    return this.#watch.isReady();
  }

  async stop(): Promise<void> {
    this.#watch.stop();
    for (const watch of [...this.#named, this.#inventories]) watch?.stop();
    await this.#loop.stop();
    await Promise.all(Array.from(this.#states.all(), (state) => this.#flush(state)));
    this.#pool.stop();
  }

  #onGitSync({ kind, object }: WatchEvent): void {
    const gitSync = object as GitSync;
    const request = requestFor(gitSync);
    const owner = ownerOf(request);
    if (kind === 'removed') {
      this.#cache.forget(gitSync);
      this.#sources.forget(request);
      this.webhooks.forget(request);
    } else this.#cache.learn(gitSync);
    this.#dependencies.onGitSync(gitSync, kind === 'removed');
    for (const named of this.#named) named.onGitSync(request.namespace);
    const asked = kind === 'removed' ? undefined : askOf(gitSync);
    if (asked !== undefined && asked === this.#asked.get(owner)) return;
    if (asked === undefined) this.#asked.delete(owner);
    else this.#asked.set(owner, asked);
    this.#enqueue(request);
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
