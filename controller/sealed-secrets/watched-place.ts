/** @module The watches over one place, a namespace or the whole cluster, with a state of its own: one that cannot be read holds up no other. */
import type { KubeWatcher, ObjectWatch, WatchEvent, WatchHandler } from '../../shared/kube/client.ts';
import { type ResourceType, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { Logger } from '../logging/logger.ts';
import { ProblemLog } from '../logging/problem-log.ts';

/** What is watched, and who is told. */
export interface WatchedPlaceOptions {
  readonly client: KubeWatcher;
  /** Null: the whole cluster. */
  readonly namespace: string | null;
  /** Of SealedSecrets; empty: all. */
  readonly labelSelector: string;
  /** Whether Secrets are watched as well. */
  readonly withSecrets: boolean;
  readonly logger: Logger;
  readonly now: () => Date;
  onSealedSecret(event: WatchEvent): void;
  /** The object has metadata only. */
  onSecret(event: WatchEvent): void;
  /** SealedSecrets could not be listed or watched; it is tried again. */
  onProblem(error: unknown): void;
  /** The API server was away, and answers again. */
  onRecovered(): void;
  /** Both kinds were looked at, or a look at the last of them has failed. Called once. */
  onSettled(): void;
}

/** The watches of one place. */
export class WatchedPlace {
  readonly #options: WatchedPlaceOptions;
  /** The kinds of which nothing is known yet, not even that they cannot be read. */
  readonly #unsettled = new Set<ResourceType>();
  #watches: readonly ObjectWatch[] = [];
  readonly #problems: ProblemLog[] = [];

  constructor(options: WatchedPlaceOptions) {
    this.#options = options;
  }

  /** Starts to watch. */
  start(): void {
    const { client, namespace, labelSelector, withSecrets, onSealedSecret, onSecret } = this.#options;
    const place = namespace === null ? {} : { namespace };
    const selection = labelSelector === '' ? place : { ...place, labelSelector };
    this.#unsettled.add(SEALED_SECRETS);
    if (withSecrets) this.#unsettled.add(SECRETS);
    const watches = [client.watch(SEALED_SECRETS, selection, this.#handler(SEALED_SECRETS, onSealedSecret))];
    if (withSecrets) {
      // Filtered by nothing but the place: an edit that removes a label would look like a deletion.
      watches.push(client.watch(SECRETS, { ...place, metadataOnly: true }, this.#handler(SECRETS, onSecret)));
    }
    this.#watches = watches;
  }

  /** True when everything was looked at, or could not be. */
  isSettled(): boolean {
    return this.#watches.length > 0 && this.#unsettled.size === 0;
  }

  /** True after a complete look at everything. */
  isSynced(): boolean {
    return this.#watches.length > 0 && this.#watches.every((watch) => watch.isSynced());
  }

  /** As of {@link ProblemLog.code}: why there was no complete look yet. */
  problem(): string {
    return this.#problems.map((problems) => problems.code()).find((code) => code !== '') ?? '';
  }

  /** Resolves after a complete look at everything, and when it is stopped before. */
  async synced(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.synced));
  }

  /** Ends the watches. */
  stop(): void {
    for (const watch of this.#watches) watch.stop();
  }

  #handler(type: ResourceType, onEvent: (event: WatchEvent) => void): WatchHandler {
    const { logger, now, namespace, onProblem, onRecovered } = this.#options;
    const where = namespace === null ? '' : ` in namespace "${namespace}"`;
    const problems = new ProblemLog(logger, `cannot watch ${type.kind}s${where}`, now);
    this.#problems.push(problems);
    return {
      onEvent: (event) => {
        problems.clear();
        onEvent(event);
      },
      onSynced: () => {
        problems.clear();
        this.#settle(type);
      },
      onProblem: (error) => {
        problems.report(error);
        if (type === SEALED_SECRETS) onProblem(error);
        this.#settle(type);
      },
      // Both kinds come from the same server: one of them is enough to tell.
      ...(type === SEALED_SECRETS && { onRecovered }),
    };
  }

  #settle(type: ResourceType): void {
    if (this.#unsettled.delete(type) && this.#unsettled.size === 0) this.#options.onSettled();
  }
}
