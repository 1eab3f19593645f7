/** @module Where deliveries of webhooks end: they make the controller look at a remote earlier than it would have, and nothing else. */
import { identifyRepository, type RepositoryIdentity } from '../../shared/git/repository-identity.ts';
import type { GitReference, GitSync, GitSyncWebhook } from '../../shared/resources/git-sync.ts';
import { type GitSyncCache, ownerOf } from '../git-syncs/git-sync-cache.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import type { PushHint } from '../webhooks/delivery.ts';

/** What an inbox works with. */
export interface WebhookInboxOptions {
  readonly cache: Pick<GitSyncCache, 'find' | 'inNamespace'>;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** What is known of the source of `request` counts for nothing from now on; it is to be looked at after `delayMs`. */
  readonly look: (request: Request, delayMs: number) => void;
}

/** Between two looks at one GitSync that deliveries ask for: all that come meanwhile are answered by the second. */
const LOOK_EVERY_MS = 1_000;

/** The webhooks of all GitSyncs. */
export class WebhookInbox {
  readonly #options: WebhookInboxOptions;
  readonly #lookAtMs = new Map<string, number>();

  constructor(options: WebhookInboxOptions) {
    this.#options = options;
  }

  /** The webhook of the GitSync at `place`; null when there is none. */
  find(place: Request): GitSyncWebhook | null {
    return this.#options.cache.find(place)?.spec.webhook ?? null;
  }

  /**
   * Has every GitSync looked at that is in the namespace of `place` and follows what `hint` names; the number of them. What the hint leaves out it
   * leaves open: without an address it is about the repository of the GitSync at `place`, without a reference about all of them.
   */
  deliver(place: Request, hint: PushHint): number {
    const { cache } = this.#options;
    const own = cache.find(place);
    if (own === undefined) return 0;
    const repositories = repositoriesOf(hint, own);
    const targets = cache
      .inNamespace(place.namespace)
      .filter(({ spec }) => repositories.has(keyOf(identifyRepository(spec.source.url))))
      .filter(({ spec }) => followsAny(spec.source.ref ?? {}, hint.references));
    for (const gitSync of targets) this.#look(requestOf(gitSync));
    return targets.length;
  }

  /** `request` is gone. */
  forget(request: Request): void {
    this.#lookAtMs.delete(ownerOf(request));
  }

  #look(request: Request): void {
    const nowMs = this.#options.nowMs();
    const owner = ownerOf(request);
    const lookAtMs = Math.max(nowMs, this.#nextLookMs(owner, nowMs));
    this.#lookAtMs.set(owner, lookAtMs);
    this.#options.look(request, lookAtMs - nowMs);
  }

  /** A look that is still to come serves this delivery as well. */
  #nextLookMs(owner: string, nowMs: number): number {
    const lookAtMs = this.#lookAtMs.get(owner) ?? Number.NEGATIVE_INFINITY;
    return lookAtMs > nowMs ? lookAtMs : lookAtMs + LOOK_EVERY_MS;
  }
}

/**
 * The repositories that `hint` is about. The one of `own` is among them already when a path is the same: inside of a cluster a host often has another name than
 * it says of itself.
 */
function repositoriesOf({ addresses }: PushHint, own: GitSync): ReadonlySet<string | null> {
  const named = addresses.map(identifyRepository).filter((identity) => identity !== null);
  const home = identifyRepository(own.spec.source.url);
  const isHome = named.length === 0 || named.some(({ path }) => path === home?.path);
  const keys = [...named, ...(isHome && home !== null ? [home] : [])].map(keyOf);
  return new Set(keys);
}

/** Null, which no set of repositories has, for what is no address. */
function keyOf(identity: RepositoryIdentity | null): string | null {
  return identity === null ? null : `${identity.host}/${identity.path}`;
}

function followsAny(ref: GitReference, references: readonly string[]): boolean {
  return references.length === 0 ? ref.commit === undefined : references.some((name) => follows(ref, name));
}

/** Which branch HEAD is can be said by the remote alone, so every branch may be it. */
function follows({ branch, tag, semver, commit }: GitReference, name: string): boolean {
  if (commit !== undefined) return false;
  if (branch !== undefined) return name === `refs/heads/${branch}`;
  if (tag !== undefined) return name === `refs/tags/${tag}`;
  return name.startsWith(semver === undefined ? 'refs/heads/' : 'refs/tags/');
}
