/** @module Looks at GitSyncs anew the moment that a Secret changes which their specification names: a login, signers, a kubeconfig. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeWatcher, ObjectWatch } from '../../shared/kube/client.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Logger } from '../logging/logger.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';
import { type GitSyncCache, requestFor } from './git-sync-cache.ts';

/** What the watch works with. */
export interface LoginWatchOptions {
  readonly client: KubeWatcher;
  readonly cache: Pick<GitSyncCache, 'inNamespace'>;
  /** A Secret of this GitSync is another one now, or gone. */
  readonly enqueue: (request: Request) => void;
  readonly logger: Logger;
}

/** One metadata watch for each namespace with a GitSync that names a Secret. Nothing of the Secrets is kept. */
export class LoginWatch {
  readonly #options: LoginWatchOptions;
  readonly #watches = new Map<string, ObjectWatch>();

  constructor(options: LoginWatchOptions) {
    this.#options = options;
  }

  /** Something about a GitSync of `namespace`, which the cache knows by now, is different. */
  onGitSync(namespace: string): void {
    const isNeeded = this.#options.cache.inNamespace(namespace).some((gitSync) => secretsOf(gitSync).length > 0);
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
    const { client, logger } = this.#options;
    let isSynced = false;
    const options = { metadataOnly: true, namespace };
    return client.watch(SECRETS, options, {
      // What there is at first was, or is going to be, read by the look that brought the GitSync here.
      onEvent: ({ object }) => {
        if (isSynced) this.#tell(namespace, object.metadata.name ?? '');
      },
      onSynced: () => {
        isSynced = true;
      },
      // Changes are then noticed at the next interval.
      onProblem: (error) => logger.debug({ namespace, error: describeError(error) }, 'cannot watch logins'),
    });
  }

  #tell(namespace: string, name: string): void {
    for (const gitSync of this.#options.cache.inNamespace(namespace)) {
      if (secretsOf(gitSync).includes(name)) this.#options.enqueue(requestFor(gitSync));
    }
  }
}

/** Names of the Secrets that a look at `gitSync` reads. The token of its webhook is read for each delivery. */
function secretsOf({ spec }: GitSync): readonly string[] {
  const { source, kubeConfig } = spec;
  const references = [source.secretRef, source.verify?.secretRef, kubeConfig?.secretRef];
  return references.flatMap((reference) => reference?.name ?? []);
}
