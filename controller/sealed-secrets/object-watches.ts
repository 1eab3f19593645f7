/** @module Follows SealedSecrets and Secrets, keeps what is known of them, and says which objects a change concerns. */
import type { KubeWatcher, ObjectWatch, WatchEvent, WatchHandler } from '../../shared/kube/client.ts';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { isOurs } from './ownership.ts';
import { requestOf, SealedSecretStore } from './sealed-secret-store.ts';
import { HOLD_MS, SecretIndex } from './secret-index.ts';

/** What the watches are made of. */
export interface ObjectWatchesOptions {
  readonly client: KubeWatcher;
  readonly now: () => Date;
  readonly logger: Logger;
  /** A SealedSecret must be looked at, now or after a delay. */
  readonly wake: (request: Request, delayMs: number) => void;
}

/** The two watches and what they have told. */
export class ObjectWatches {
  readonly store = new SealedSecretStore();
  readonly index = new SecretIndex();
  readonly #options: ObjectWatchesOptions;
  #watches: readonly ObjectWatch[] = [];

  constructor(options: ObjectWatchesOptions) {
    this.#options = options;
  }

  /** Starts both; resolves after the first complete look at both, and when they are stopped before it. */
  async start(): Promise<void> {
    const { client } = this.#options;
    this.#watches = [
      client.watch(
        SEALED_SECRETS,
        {},
        this.#handler((event) => this.#onSealedSecret(event), 'SealedSecrets'),
      ),
      client.watch(
        SECRETS,
        { metadataOnly: true },
        this.#handler((event) => this.#onSecret(event), 'Secrets'),
      ),
    ];
    await Promise.all(this.#watches.map((watch) => watch.synced));
  }

  /** Ends both. */
  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }

  #handler(onEvent: (event: WatchEvent) => void, what: string): WatchHandler {
    const problems = new ProblemLog(this.#options.logger, `cannot watch ${what}`);
    return {
      onEvent: (event) => {
        problems.clear();
        onEvent(event);
      },
      onSynced: () => problems.clear(),
      onProblem: (error) => problems.report(error),
    };
  }

  #onSealedSecret({ kind, object }: WatchEvent): void {
    if (kind === 'removed') this.store.forget(object);
    else if (this.store.observe(object)) this.#options.wake(requestOf(object), 0);
  }

  #onSecret({ kind, object }: WatchEvent): void {
    if (kind === 'removed') {
      this.#onSecretGone(object);
      return;
    }
    this.index.observe(object);
    const request = requestOf(object);
    const lastWritten = this.store.verdictOf(request)?.record?.resourceVersion;
    if (this.store.has(request) && lastWritten !== object.metadata.resourceVersion) this.#options.wake(request, 0);
  }

  #onSecretGone(secret: KubeObject): void {
    const request = requestOf(secret);
    const delayMs = this.#isMadeAgain(request) ? 0 : HOLD_MS;
    const nowMs = this.#options.now().getTime();
    this.index.forget(secret.metadata);
    if (delayMs > 0) this.index.hold(request.namespace, request.name, { untilMs: nowMs + delayMs, nowMs });
    if (this.store.has(request)) this.#options.wake(request, delayMs);
  }

  /** Whether the Secret that has just gone was ours, so that nobody else's replacement of it need be waited for. */
  #isMadeAgain(request: Request): boolean {
    const claims = this.index.find(request.namespace, request.name);
    const sealed = this.store.find(request);
    if (claims === null || sealed === null) return false;
    const record = this.store.verdictOf(request)?.record ?? sealed.status?.unsealed;
    const claimant = { uid: sealed.metadata.uid ?? '', hasClaimed: (uid: string) => record?.uid === uid };
    return claims.isManaged || isOurs(claims, claimant);
  }
}
