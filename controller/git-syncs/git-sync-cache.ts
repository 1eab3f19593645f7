/** @module The GitSyncs of the cluster as they are known now, from the watch and from the answers to our own writes. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import {
  ACCEPT_REWRITE_ANNOTATION,
  APPROVE_ANNOTATION,
  LEAVE_CLUSTER_ANNOTATION,
  RECONCILE_REQUESTED_ANNOTATION,
} from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';

/** `namespace/name`, as the owner annotation has it. */
export function ownerOf({ namespace, name }: Request): string {
  return `${namespace}/${name}`;
}

const MAX_GONE = 1_024;

/** All GitSyncs, by {@link ownerOf}. */
export class GitSyncCache {
  readonly #gitSyncs = new Map<string, GitSync>();
  /** Uids of those that were deleted lately. */
  readonly #gone = new Set<string>();

  /** The GitSync, or undefined when there is none. */
  find(request: Request): GitSync | undefined {
    return this.#gitSyncs.get(ownerOf(request));
  }

  /** All GitSyncs of `namespace`. */
  inNamespace(namespace: string): readonly GitSync[] {
    return [...this.#gitSyncs.values()].filter(({ metadata }) => metadata.namespace === namespace);
  }

  /** Whether a GitSync `namespace/name` exists. */
  has(owner: string): boolean {
    return this.#gitSyncs.has(owner);
  }

  /** Takes in `gitSync` as the server gave it out, unless a later state, or its end, is known. */
  learn(gitSync: GitSync): void {
    if (this.#gone.has(gitSync.metadata.uid ?? '')) return;
    const owner = ownerOf(requestOf(gitSync));
    const known = this.#gitSyncs.get(owner);
    const isOutdated =
      known?.metadata.uid === gitSync.metadata.uid &&
      !isNewerVersion(gitSync.metadata.resourceVersion ?? '', known?.metadata.resourceVersion ?? '');
    if (!isOutdated) this.#gitSyncs.set(owner, gitSync);
  }

  /** `gitSync` is gone. The answer to one of our own writes may still come in. */
  forget(gitSync: GitSync): void {
    const { uid = '' } = gitSync.metadata;
    this.#gone.add(uid);
    const [oldest] = this.#gone;
    if (this.#gone.size > MAX_GONE && oldest !== undefined) this.#gone.delete(oldest);
    const owner = ownerOf(requestOf(gitSync));
    if (this.#gitSyncs.get(owner)?.metadata.uid === uid) this.#gitSyncs.delete(owner);
  }
}

/** What `gitSync` asks for, as a text that changes with its specification, its deletion, and what annotations request. */
export function askOf({ metadata }: GitSync): string {
  const { uid, generation, deletionTimestamp } = metadata;
  const requests = [
    RECONCILE_REQUESTED_ANNOTATION,
    ACCEPT_REWRITE_ANNOTATION,
    APPROVE_ANNOTATION,
    LEAVE_CLUSTER_ANNOTATION,
  ].map((name) => annotationOf(metadata, name));
  return JSON.stringify([uid, generation, deletionTimestamp, ...requests]);
}
