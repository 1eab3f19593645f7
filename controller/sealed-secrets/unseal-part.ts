/** @module The unsealer as one running part: what it waits for, the loops over objects and over their status, and their end. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { Backoff } from '../../shared/kube/backoff.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import type { EventRecorder } from '../events/event-recorder.ts';
import type { KeySource } from '../keys/key-part.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';
import type { ReconcileMetrics } from '../metrics/reconcile-metrics.ts';
import type { UnsealMetrics } from '../metrics/sealing-metrics.ts';
import type { ControllerPart } from '../reconcile-loop/controller-part.ts';
import { createLoop, type Loop } from '../reconcile-loop/loop.ts';
import { Deferral } from './deferral.ts';
import { createDigests } from './digests.ts';
import { ObjectWatches } from './object-watches.ts';
import { SealedSecretReconciler } from './sealed-secret-reconciler.ts';
import { StatusReporter } from './status-reporter.ts';

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
  readonly metrics: { readonly reconcile: ReconcileMetrics; readonly unseal: UnsealMetrics };
  /** How many objects are worked on at the same time. */
  readonly concurrency: number;
}

/** A running unsealer. */
export interface UnsealPart extends ControllerPart {
  /** True while objects wait to be unsealed or reported. */
  isBusy(): boolean;
}

/** The loops, from the moment at which all that they need is there. */
interface Loops {
  readonly objects: Loop;
  readonly status: Loop;
  readonly deferral: Deferral;
}

const STATUS_CONCURRENCY = 8;
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
  readonly #abort = new AbortController();
  readonly #aborted = once(this.#abort.signal, 'abort');
  #loops: Loops | null = null;
  #preparing: Promise<void> | null = null;

  constructor(options: UnsealPartOptions) {
    this.#options = options;
    const { client, now, logger } = options;
    this.#watches = new ObjectWatches({
      client,
      now,
      logger,
      wake: (request, delayMs) => this.#loops?.objects.enqueue(request, delayMs),
    });
  }

  async start(): Promise<void> {
    this.#options.keys.onChange(() => {
      for (const request of this.#watches.store.failing()) this.#loops?.objects.enqueue(request);
    });
    this.#preparing = this.#prepare();
  }

  isReady(): boolean {
    return this.#loops !== null;
  }

  isBusy(): boolean {
    return this.#loops !== null && (this.#loops.objects.isBusy() || this.#loops.status.isBusy());
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#watches.stop();
    await this.#preparing;
    if (this.#loops === null) return;
    await this.#loops.objects.stop();
    await drain(this.#loops);
    await this.#loops.status.stop();
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
    for (const request of requests) loops.objects.enqueue(request);
    this.#loops = loops;
    loops.status.start();
    loops.objects.start();
    this.#options.logger.info({ sealedSecrets: requests.length }, 'unsealing');
  }

  async #loadDigestKey(): Promise<SecretBytes> {
    const backoff = new Backoff(DIGEST_KEY_RETRY, this.#options.random);
    const problems = new ProblemLog(this.#options.logger, 'cannot load the digest key');
    for (;;) {
      try {
        return await this.#options.loadDigestKey();
      } catch (error) {
        const { signal } = this.#abort;
        if (signal.aborted) throw error;
        problems.report(error);
        await Promise.race([sleep(backoff.next(), undefined, { ref: false }), this.#aborted]);
      }
    }
  }

  #createLoops(digestKey: SecretBytes): Loops {
    const { client, keys, metrics, events, logger, now, random, concurrency } = this.#options;
    const { store, index } = this.#watches;
    const reporter = new StatusReporter({ client, store, events, logger, now });
    const reconciler = new SealedSecretReconciler({
      client,
      store,
      index,
      keys,
      digests: createDigests(digestKey),
      reporter,
      submitReport: (request) => deferral.add(request),
      metrics: metrics.unseal,
      now,
    });
    const common = { random, logger, metrics: metrics.reconcile };
    const objects = createLoop({ ...common, reconciler, name: 'SealedSecret', concurrency });
    const status = createLoop({
      ...common,
      reconciler: reporter,
      name: 'SealedSecretStatus',
      concurrency: STATUS_CONCURRENCY,
    });
    const deferral = new Deferral({
      isBusy: () => objects.isBusy(),
      release: (request) => status.enqueue(request),
    });
    return { objects, status, deferral };
  }
}

/** Lets the reports that wait be written: a Secret whose record is lost is decrypted once more at the next start. */
async function drain({ status, deferral }: Loops): Promise<void> {
  deferral.flush();
  const endMs = performance.now() + DRAIN_MS;
  while (status.isBusy() && performance.now() < endMs) await sleep(DRAIN_LOOK_MS);
}
