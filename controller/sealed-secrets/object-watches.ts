/** @module Follows SealedSecrets and Secrets, keeps what is known of them, and says which objects a change concerns. */
import type { KubeWatcher, WatchEvent } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, UnsealedRecord } from '../../shared/resources/sealed-secret.ts';
import type { UnsealConfig } from '../config/config.ts';
import type { Logger } from '../logging/logger.ts';
import type { PeerMetrics } from '../metrics/peer-metrics.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import type { Urgency } from '../reconcile-loop/work-queue.ts';
import { isKept } from './ownership.ts';
import { syncedOf } from './sealed-secret-status.ts';
import { SealedSecretStore } from './sealed-secret-store.ts';
import { HOLD_MS, SecretIndex } from './secret-index.ts';
import { WatchedPlace } from './watched-place.ts';

/** What the watches are made of. */
export interface ObjectWatchesOptions {
  readonly client: KubeWatcher;
  readonly config: Pick<UnsealConfig, 'labelSelector' | 'namespaces' | 'skipRecreate' | 'updateStatus'>;
  readonly now: () => Date;
  readonly logger: Logger;
  readonly metrics: Pick<PeerMetrics, 'observed' | 'forgotten' | 'failed'>;
  /** A SealedSecret must be looked at, now or after a delay; also one that has gone. */
  readonly wake: (request: Request, delayMs: number, urgency?: Urgency) => void;
  /** A SealedSecret was deleted, or no longer matches the label selector; `record` is of the Secret that was last written for it. */
  readonly onRemoved: (sealed: KubeObject, record: UnsealedRecord | null) => void;
  /** The API server was away, and answers again. */
  readonly onRecovered: () => void;
}

/** Failures to read that are the installation's, and not a passing trouble of the network. */
const LASTING = ['KUBE_FORBIDDEN', 'KUBE_UNAUTHORIZED', 'KUBE_NOT_FOUND', 'KUBE_INVALID'] as const;

/** The watches and what they have told. */
export class ObjectWatches {
  readonly store = new SealedSecretStore();
  readonly index = new SecretIndex();
  readonly #options: ObjectWatchesOptions;
  /** By namespace; the whole cluster has the empty name. */
  readonly #places: ReadonlyMap<string, WatchedPlace>;
  readonly #settled = Promise.withResolvers<void>();

  constructor(options: ObjectWatchesOptions) {
    this.#options = options;
    const namespaces = options.config.namespaces ?? [null];
    this.#places = new Map(namespaces.map((namespace) => [namespace ?? '', this.#watchPlace(namespace)]));
  }

  /**
   * Starts all watches. Resolves when one place was looked at completely and each of the others was, or could not be;
   * also when they are stopped before it.
   */
  async start(): Promise<void> {
    const places = [...this.#places.values()];
    for (const place of places) place.start();
    await Promise.all([this.#settled.promise, Promise.race(places.map((place) => place.synced()))]);
  }

  /** True after a complete look at every place. */
  isSynced(): boolean {
    return [...this.#places.values()].every((place) => place.isSynced());
  }

  /** As of {@link WatchedPlace.problem}: why one of the places was not looked at completely. */
  problem(): string {
    const places = [...this.#places.values()].filter((place) => !place.isSynced());
    return places.map((place) => place.problem()).find((code) => code !== '') ?? '';
  }

  /** Ends all watches. */
  stop(): void {
    for (const place of this.#places.values()) place.stop();
    this.#settled.resolve();
  }

  #watchPlace(namespace: string | null): WatchedPlace {
    const { client, config, now, logger, metrics, onRecovered } = this.#options;
    return new WatchedPlace({
      client,
      namespace,
      labelSelector: config.labelSelector,
      withSecrets: !config.skipRecreate,
      logger,
      now,
      onSealedSecret: (event) => this.#onSealedSecret(event),
      onSecret: (event) => this.#onSecret(event),
      onProblem: (error) => {
        if (isKubeError(error, ...LASTING)) metrics.failed('fetch', namespace ?? '');
      },
      onRecovered,
      onSettled: () => this.#onSettled(namespace),
    });
  }

  /** Objects of a place are left alone until its Secrets are known, and are all looked at then. */
  #onSettled(namespace: string | null): void {
    if ([...this.#places.values()].every((place) => place.isSettled())) this.#settled.resolve();
    for (const request of this.store.all()) {
      if (namespace !== null && request.namespace !== namespace) continue;
      this.#options.wake(request, 0, this.store.isNew(request) ? 'fresh' : 'backlog');
    }
  }

  #wake(request: Request, delayMs: number): void {
    const place = this.#places.get(request.namespace) ?? this.#places.get('');
    if (place?.isSettled() === true) this.#options.wake(request, delayMs);
  }

  #onSealedSecret({ kind, object }: WatchEvent): void {
    const { config, metrics, onRemoved } = this.#options;
    if (kind === 'removed') {
      const record = this.store.verdictOf(requestOf(object))?.record ?? null;
      this.store.forget(object);
      metrics.forgotten(object);
      onRemoved(object, record);
      this.#wake(requestOf(object), 0);
      return;
    }
    // Without status updates the status tells of another controller's work.
    metrics.observed(object, config.updateStatus ? syncedOf(object as SealedSecret) : undefined);
    if (this.store.observe(object)) this.#wake(requestOf(object), 0);
  }

  #onSecret({ kind, object }: WatchEvent): void {
    if (kind === 'removed') {
      this.#onSecretGone(object);
      return;
    }
    this.index.observe(object);
    const request = requestOf(object);
    const lastWritten = this.store.verdictOf(request)?.record?.resourceVersion;
    if (this.store.has(request) && lastWritten !== object.metadata.resourceVersion) this.#wake(request, 0);
  }

  #onSecretGone(secret: KubeObject): void {
    const request = requestOf(secret);
    const delayMs = this.#isMadeAgain(request) ? 0 : HOLD_MS;
    const nowMs = this.#options.now().getTime();
    this.index.forget(secret.metadata);
    if (delayMs > 0) this.index.hold(request.namespace, request.name, { untilMs: nowMs + delayMs, nowMs });
    if (this.store.has(request)) this.#wake(request, delayMs);
  }

  /** Whether the Secret that has just gone was ours, so that nobody else's replacement of it need be waited for. */
  #isMadeAgain(request: Request): boolean {
    const claims = this.index.find(request.namespace, request.name);
    const sealed = this.store.find(request);
    if (claims === null || sealed === null) return false;
    const record = this.store.verdictOf(request)?.record ?? sealed.status?.unsealed;
    const claimant = { uid: sealed.metadata.uid ?? '', hasClaimed: (uid: string) => record?.uid === uid };
    return isKept(claims, claimant);
  }
}
