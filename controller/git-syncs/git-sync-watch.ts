/** @module Follows the GitSyncs of the cluster, also where the kind is not installed yet. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeDiscovery, KubeWatcher, ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import { GIT_SYNC_KIND, SIGNET_API_VERSION } from '../../shared/resources/names.ts';
import type { Logger } from '../logging/logger.ts';

/** What the watch works with, and whom it tells. The functions may not throw. */
export interface GitSyncWatchOptions {
  readonly client: KubeWatcher & Pick<KubeDiscovery, 'findType'>;
  readonly logger: Logger;
  readonly onEvent: (event: WatchEvent) => void;
  /** All GitSyncs are known. */
  readonly onSynced: () => void;
  /** The API server was away, and answers again. */
  readonly onRecovered: () => void;
}

/** The watch on GitSyncs. */
export class GitSyncWatch {
  readonly #options: GitSyncWatchOptions;
  #watch: ObjectWatch | null = null;
  #lastProblem = '';
  /** The kind is not installed, and so there is nothing to be ready for. */
  #isUnserved = false;

  constructor(options: GitSyncWatchOptions) {
    this.#options = options;
  }

  /** Begins; called once. */
  start(): void {
    const { client, onEvent, onSynced, onRecovered } = this.#options;
    this.#watch = client.watch(
      GIT_SYNCS,
      {},
      {
        onEvent,
        onSynced: () => {
          this.#isUnserved = false;
          onSynced();
        },
        onProblem: (error) => this.#onProblem(error),
        onRecovered,
      },
    );
  }

  /** True when all GitSyncs are known, or there can be none. */
  isReady(): boolean {
    return this.#isUnserved || this.#watch?.isSynced() === true;
  }

  /** Nobody is told of anything after it returns. */
  stop(): void {
    this.#watch?.stop();
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
    const { client, logger } = this.#options;
    const type = await client.findType(SIGNET_API_VERSION, GIT_SYNC_KIND).catch(() => undefined);
    if (type === null && !this.#isUnserved) logger.info({}, 'GitSync is not installed: nothing is synced');
    if (type !== undefined) this.#isUnserved = type === null;
  }
}
