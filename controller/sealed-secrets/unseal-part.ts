/** @module The unsealer as one running part: what it waits for, the loops over objects and over their status, and their end. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { Backoff } from '../../shared/kube/backoff.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { DIGEST_KEY_SECRET } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { KnownPlace } from '../../shared/sealing/mistakes.ts';
import type { UnsealConfig } from '../config/config.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { KeySource } from '../keys/key-part.ts';
import type { KeyUsage, KeyUsageSource } from '../keys/key-usage.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';
import type { PeerMetrics } from '../metrics/peer-metrics.ts';
import type { ReconcileMetrics } from '../metrics/reconcile-metrics.ts';
import type { UnsealMetrics } from '../metrics/sealing-metrics.ts';
import type { ControllerPart } from '../reconcile-loop/controller-part.ts';
import { createLoop, type Loop } from '../reconcile-loop/loop.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { countStatusFailures, countUnseals } from './count-failures.ts';
import { type ClosableRenderer, CountedRenderer } from './counted-renderer.ts';
import { Deferral } from './deferral.ts';
import { createDigests } from './digests.ts';
import { HeavyTurns, wakeForTurn } from './heavy-turns.ts';
import { KeyUsageTally } from './key-usage-tally.ts';
import { ObjectWatches } from './object-watches.ts';
import { SealedSecretReconciler } from './sealed-secret-reconciler.ts';
import { SecretRemoval } from './secret-removal.ts';
import { StatusReporter } from './status-reporter.ts';
import { ClusterStatus, type StatusTarget, UnwrittenStatus } from './status-target.ts';
import { WriteBursts } from './write-bursts.ts';

/** What the part is made of. */
export interface UnsealPartOptions {
  readonly client: Omit<KubeClient, 'close'>;
  readonly keys: KeySource;
  /** Reads, or makes, the key of digests. */
  readonly loadDigestKey: () => Promise<SecretBytes>;
  readonly events: EventRecorder;
  readonly now: () => Date;
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: {
    readonly reconcile: ReconcileMetrics;
    readonly unseal: UnsealMetrics;
    readonly peer: PeerMetrics;
  };
  readonly config: UnsealConfig;
  /** Renders the templates of objects; it is closed at the stop. */
  readonly renderer: ClosableRenderer;
  /** How many objects are worked on at the same time. */
  readonly concurrency: number;
}

/** A running unsealer. */
export interface UnsealPart extends ControllerPart, KeyUsageSource {
  /** True while objects wait to be unsealed or reported. */
  isBusy(): boolean;
  /** The places in the cluster that `sealed` may have been copied from, and its own. */
  placesNear(sealed: SealedSecret): readonly KnownPlace[];
}

/** The loops, from the moment at which all that they need is there. */
interface Loops {
  readonly objects: Loop;
  readonly status: Loop;
  /** Of Secrets whose SealedSecrets have gone. */
  readonly removals: Loop;
  readonly deferral: Deferral;
}

const STATUS_CONCURRENCY = 8;
/** Heavy objects that are worked on at once; the others of them wait without a place of the loop. */
const HEAVY_TURNS = 6;
/** An object takes about two milliseconds, so that the longest wait ends most bursts of a backlog when they are nearly full. */
const BURSTS = { size: 32, maxWaitMs: 50 };
const DRAIN_MS = 3_000;
const DRAIN_LOOK_MS = 20;
const DIGEST_KEY_RETRY = { firstMs: 500, maxMs: 5_000 };

/** An unsealer that does nothing until it is started. */
export function createUnsealPart(options: UnsealPartOptions): UnsealPart {
  return new Unsealer(options);
}

class Unsealer implements UnsealPart {
  readonly #options: UnsealPartOptions;
  readonly #watches: ObjectWatches;
  readonly #removal: SecretRemoval;
  readonly #renderer: CountedRenderer;
  readonly #statuses: StatusTarget;
  readonly #abort = new AbortController();
  readonly #aborted = once(this.#abort.signal, 'abort');
  #loops: Loops | null = null;
  #preparing: Promise<void> | null = null;
  #hasDigestKey = false;
  readonly #digestKeyProblems: ProblemLog;
  #areKeysReady = false;
  readonly #usage = new KeyUsageTally(() => this.#watches.isSynced());

  constructor(options: UnsealPartOptions) {
    this.#options = options;
    this.#renderer = new CountedRenderer(options.renderer);
    const { client, config, now, logger, metrics } = options;
    this.#removal = new SecretRemoval({ client, logger });
    this.#digestKeyProblems = new ProblemLog(logger, 'cannot load the digest key', now);
    this.#watches = new ObjectWatches({
      client,
      config,
      now,
      logger,
      metrics: metrics.peer,
      wake: (request, delayMs, urgency) => this.#loops?.objects.enqueue(request, delayMs, urgency),
      onRemoved: (sealed, record) => {
        this.#statuses.forget(sealed);
        // One that was only patched is somebody else's.
        const secretUid = record === null || record.mode === 'patched' ? null : record.uid;
        if (config.oldGc) this.#loops?.removals.enqueue(this.#removal.note(sealed, secretUid));
      },
      onRecovered: () => this.#retryNow(),
    });
    const { store } = this.#watches;
    this.#statuses = config.updateStatus
      ? new ClusterStatus({ client, store, logger })
      : new UnwrittenStatus(metrics.peer);
  }

  async start(): Promise<void> {
    this.#options.keys.onChange(() => {
      for (const request of this.#watches.store.failing()) this.#loops?.objects.enqueue(request, 0, 'backlog');
    });
    void this.#options.keys.ready.then(() => {
      this.#areKeysReady = true;
    });
    this.#preparing = this.#prepare();
  }

  isReady(): boolean {
    return this.#loops !== null && this.#watches.isSynced();
  }

  waitingFor(): string | null {
    if (this.isReady()) return null;
    const needs = [
      ...(this.#hasDigestKey ? [] : [`Secret "${DIGEST_KEY_SECRET}"${this.#digestKeyProblems.code()}`]),
      ...(this.#areKeysReady ? [] : ['the sealing keys']),
      ...(this.#watches.isSynced() ? [] : [`a complete look at SealedSecrets and Secrets${this.#watches.problem()}`]),
    ];
    return `unseal: waits for ${needs.length === 0 ? 'its loops to start' : needs.join(', ')}`;
  }

  usage(): KeyUsage | null {
    return this.#usage.usage();
  }

  onUsageChange(listener: () => void): void {
    this.#usage.onUsageChange(listener);
  }

  isBusy(): boolean {
    return this.#loops !== null && (this.#isUnsealing(this.#loops.objects) || this.#loops.status.isBusy());
  }

  placesNear(sealed: SealedSecret): readonly KnownPlace[] {
    return this.#watches.store.placesNear(sealed);
  }

  /** Objects that wait for the template engine, which may take a while, hold up neither reports nor events. */
  #isUnsealing(objects: Loop): boolean {
    return objects.isBusy(this.#renderer.pending);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#watches.stop();
    await this.#preparing;
    if (this.#loops === null) return;
    const stopping = Promise.all([this.#loops.objects.stop(), this.#loops.removals.stop()]);
    // Only now: an object whose templates are broken off must know why.
    await this.#renderer.close();
    await stopping;
    await drain(this.#loops);
    await this.#loops.status.stop();
  }

  /** After an outage everything would otherwise wait for what its backoff grew to meanwhile. */
  #retryNow(): void {
    if (this.#loops === null) return;
    const { objects, status, removals } = this.#loops;
    for (const loop of [objects, status, removals]) loop.retryNow();
  }

  /** Waits for keys, digest key and both watches, and then lets the loops run. */
  async #prepare(): Promise<void> {
    const needs = Promise.all([this.#loadDigestKey(), this.#options.keys.ready, this.#watches.start()]);
    // Fails only after the stop, when nobody waits for it any more.
    needs.catch(() => undefined);
    await Promise.race([needs, this.#aborted]);
    if (this.#abort.signal.aborted) return;
    const [digestKey] = await needs;
    const loops = this.#createLoops(digestKey);
    const requests = this.#watches.store.all();
    const { store } = this.#watches;
    for (const request of requests) loops.objects.enqueue(request, 0, store.isNew(request) ? 'fresh' : 'backlog');
    this.#usage.begin(requests);
    this.#loops = loops;
    loops.status.start();
    loops.objects.start();
    loops.removals.start();
    this.#options.logger.info({ sealedSecrets: requests.length }, 'unsealing');
  }

  async #loadDigestKey(): Promise<SecretBytes> {
    const backoff = new Backoff(DIGEST_KEY_RETRY, this.#options.random);
    for (;;) {
      try {
        const key = await this.#options.loadDigestKey();
        this.#hasDigestKey = true;
        return key;
      } catch (error) {
        const { signal } = this.#abort;
        if (signal.aborted) throw error;
        this.#digestKeyProblems.report(error);
        await Promise.race([sleep(backoff.next(), undefined, { ref: false }), this.#aborted]);
      }
    }
  }

  #createLoops(digestKey: SecretBytes): Loops {
    const { client, keys, metrics, events, logger, now, random, concurrency } = this.#options;
    const { store, index } = this.#watches;
    const reporter = new StatusReporter({ client, store, events, logger, now, statuses: this.#statuses });
    const digests = createDigests(digestKey);
    const submitReport = (request: Request) => deferral.add(request);
    const reconciler = new SealedSecretReconciler({
      client,
      store,
      index,
      keys,
      digests,
      reporter,
      submitReport,
      usage: this.#usage,
      metrics: metrics.unseal,
      renderer: this.#renderer,
      turns: new HeavyTurns({ places: HEAVY_TURNS, wake: (request) => wakeForTurn(objects, request) }),
      bursts: new WriteBursts(BURSTS),
      acceptV1: this.#options.config.acceptV1,
      now,
    });
    const common = { random, logger, metrics: metrics.reconcile };
    const objects = createLoop({
      ...common,
      reconciler: countUnseals(reconciler, store, metrics.peer),
      name: 'SealedSecret',
      concurrency,
    });
    const removals = createLoop({ ...common, reconciler: this.#removal, name: 'SecretRemoval', concurrency: 1 });
    const status = createLoop({
      ...common,
      reconciler: countStatusFailures(reporter, metrics.peer),
      name: 'SealedSecretStatus',
      concurrency: STATUS_CONCURRENCY,
    });
    const deferral = new Deferral({
      isBusy: () => this.#isUnsealing(objects),
      release: (request) => status.enqueue(request),
    });
    return { objects, status, removals, deferral };
  }
}

/** Lets the reports that wait be written: a Secret whose record is lost is decrypted once more at the next start. */
async function drain({ status, deferral }: Loops): Promise<void> {
  deferral.flush();
  const endMs = performance.now() + DRAIN_MS;
  while (status.isBusy() && performance.now() < endMs) await sleep(DRAIN_LOOK_MS);
}
