/** @module Follows all GitSyncs and what they name beside them: whoever asks for something new, or waits for what is different now, is looked at. */
import type { WatchEvent } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, SECRETS, SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { GitSyncCache } from '../git-syncs/git-sync-cache.ts';
import { GitSyncWatch, type GitSyncWatchOptions } from '../git-syncs/git-sync-watch.ts';
import type { KnownAsks } from '../git-syncs/known-asks.ts';
import { accountsOf, configMapsOf, secretsOf } from '../git-syncs/named-objects.ts';
import { NamedWatch } from '../git-syncs/named-watch.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { DependencyWatch, type DependencyWatchOptions } from './dependency-watch.ts';

/** What a follower works with, and whom it tells. The functions may not throw. */
export interface GitSyncFollowerOptions extends Omit<GitSyncWatchOptions, 'onEvent'> {
  readonly defaultServiceAccount?: string | undefined;
  readonly cache: GitSyncCache;
  readonly asks: KnownAsks;
  readonly states: DependencyWatchOptions['states'];
  /** Asks for a whole look. */
  readonly look: (request: Request) => void;
  /** The account that acts for the GitSync was deleted. Called before its look is asked for, which may have to wait for one that is under way. */
  readonly onAccountGone: (request: Request) => void;
  /** The GitSync is gone. */
  readonly onGone: (request: Request) => void;
}

/** The watches behind all looks but those for drift and health. */
export class GitSyncFollower {
  readonly #options: GitSyncFollowerOptions;
  readonly #watch: GitSyncWatch;
  readonly #dependencies: DependencyWatch;
  readonly #named: readonly NamedWatch[];

  constructor(options: GitSyncFollowerOptions) {
    const { cache, states, look } = options;
    this.#options = options;
    this.#watch = new GitSyncWatch({ ...options, onEvent: (event) => this.#onGitSync(event) });
    this.#dependencies = new DependencyWatch({ cache, states, enqueue: ({ request }) => look(request) });
    this.#named = createNamedWatches(options);
  }

  /** Begins; called once. */
  start(): void {
    this.#watch.start();
  }

  /** True when all GitSyncs are known, or there can be none. */
  isReady(): boolean {
    return this.#watch.isReady();
  }

  /** Nobody is told of anything after it returns. */
  stop(): void {
    this.#watch.stop();
    for (const watch of this.#named) watch.stop();
  }

  #onGitSync({ kind, object }: WatchEvent): void {
    const { cache, asks, look, onGone } = this.#options;
    const gitSync = object as GitSync;
    const request = requestOf(gitSync);
    const isRemoved = kind === 'removed';
    if (isRemoved) {
      cache.forget(gitSync);
      asks.forget(request);
      onGone(request);
    } else cache.learn(gitSync);
    this.#dependencies.onGitSync(gitSync, isRemoved);
    for (const named of this.#named) named.onGitSync(request.namespace);
    if (isRemoved || asks.learn(gitSync)) look(request);
  }
}

function createNamedWatches(options: GitSyncFollowerOptions): readonly NamedWatch[] {
  const { defaultServiceAccount, look, onAccountGone } = options;
  const onChange = (request: Request): void => look(request);
  return [
    new NamedWatch({ ...options, type: SECRETS, namesOf: secretsOf, onChange }),
    new NamedWatch({ ...options, type: CONFIG_MAPS, namesOf: configMapsOf, onChange }),
    new NamedWatch({
      ...options,
      type: SERVICE_ACCOUNTS,
      namesOf: (gitSync) => accountsOf(gitSync, defaultServiceAccount),
      onChange: (request, kind) => {
        if (kind === 'removed') onAccountGone(request);
        look(request);
      },
    }),
  ];
}
