/** @module Looks at GitSyncs anew the moment that an object changes which their specification names: a Secret, a ConfigMap, their account. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeWatcher, ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';
import type { Logger } from '../logging/logger.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import type { GitSyncCache } from './git-sync-cache.ts';

/** What the watch works with. */
export interface NamedWatchOptions {
  readonly client: KubeWatcher;
  /** Kind of the objects; a namespaced one. */
  readonly type: ResourceType;
  /** Names of the objects of its namespace that a look at the GitSync asks for. */
  readonly namesOf: (gitSync: GitSync) => readonly string[];
  readonly cache: Pick<GitSyncCache, 'inNamespace'>;
  /** An object of this GitSync is another one now, or gone. */
  readonly onChange: (request: Request, kind: WatchEvent['kind']) => void;
  readonly logger: Logger;
}

/** One metadata watch for each namespace with a GitSync that names an object of the kind. Nothing of the objects is kept. */
export class NamedWatch {
  readonly #options: NamedWatchOptions;
  readonly #watches = new Map<string, ObjectWatch>();

  constructor(options: NamedWatchOptions) {
    this.#options = options;
  }

  /** Something about a GitSync of `namespace`, which the cache knows by now, is different. */
  onGitSync(namespace: string): void {
    const isNeeded = this.#options.cache
      .inNamespace(namespace)
      .some((gitSync) => this.#options.namesOf(gitSync).length > 0);
    const watch = this.#watches.get(namespace);
    if (isNeeded && watch === undefined) this.#watches.set(namespace, this.#open(namespace));
    if (isNeeded || watch === undefined) return;
    this.#watches.delete(namespace);
    watch.stop();
  }

  /** Ends all watches. */
  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }

  #open(namespace: string): ObjectWatch {
    const { client, type, logger } = this.#options;
    const since = this.#newestVersion(namespace);
    let isSynced = false;
    const options = { metadataOnly: true, namespace };
    return client.watch(type, options, {
      // What is older than the GitSyncs is going to be read by the look that brings them here; it may be over before what is younger is listed.
      onEvent: ({ kind, object: { metadata } }) => {
        if (isSynced || isNewerVersion(metadata.resourceVersion, since))
          this.#tell(namespace, metadata.name ?? '', kind);
      },
      onSynced: () => {
        isSynced = true;
      },
      // Changes are then noticed at the next interval.
      onProblem: (error) => logger.debug({ namespace, error: describeError(error) }, `cannot watch ${type.plural}`),
    });
  }

  /** Of the GitSyncs of `namespace`, as they are known now. */
  #newestVersion(namespace: string): string | undefined {
    const versions = this.#options.cache.inNamespace(namespace).map(({ metadata }) => metadata.resourceVersion);
    return versions.reduce((newest, version) => (isNewerVersion(version, newest) ? version : newest), '0');
  }

  #tell(namespace: string, name: string, kind: WatchEvent['kind']): void {
    const { cache, namesOf, onChange } = this.#options;
    for (const gitSync of cache.inNamespace(namespace)) {
      if (namesOf(gitSync).includes(name)) onChange(requestOf(gitSync), kind);
    }
  }
}
