/** @module The live view that all GitSyncs share: one metadata watch for each kind that an inventory or a revision has, and none else. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeDiscovery, KubeReader, KubeWatcher } from '../../shared/kube/client.ts';
import type { ObjectIdentity } from '../../shared/resources/object-meta.ts';
import { createServedKinds, type ServedKinds } from '../../shared/sync/served-kinds.ts';
import { kindKey } from '../../shared/sync-plan/custom-kinds.ts';
import type { LiveLookup, LiveObject, LiveView } from '../../shared/sync-plan/live-object.ts';
import { FollowedKind } from './followed-kind.ts';

/** A kind in the version in which it is wanted; another served version does as well. */
export interface WantedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What a hub works with, and whom it tells. The functions may not throw. */
export interface WatchHubOptions {
  readonly client: KubeReader & KubeWatcher & KubeDiscovery;
  readonly nowMs: () => number;
  readonly onChange: (identity: ObjectIdentity) => void;
  /** A kind that these subscribers follow is not served any more. */
  readonly onUnserved: (subscribers: readonly string[]) => void;
}

/** A list that takes longer is not waited for; its kind counts as unreadable meanwhile. */
const MAX_LIST_MS = 30_000;

/** Follows kinds for subscribers. Kinds are told apart by group and name, never by version. */
export class WatchHub implements LiveView {
  readonly #options: WatchHubOptions;
  readonly #followed = new Map<string, FollowedKind>();
  /** Kinds that are not followed, and why: null for one that is not served. */
  readonly #missing = new Map<string, string | null>();

  constructor(options: WatchHubOptions) {
    this.#options = options;
  }

  /**
   * Makes `wanted` the kinds that `subscriber` follows, and resolves when each was listed or could not be. Kinds that nobody
   * follows any more are let go.
   */
  async follow(subscriber: string, wanted: readonly WantedKind[], signal?: AbortSignal): Promise<void> {
    const byKey = new Map(wanted.map((kind) => [kindKey(kind.group, kind.kind), kind]));
    this.#unsubscribe(subscriber, byKey);
    const kinds = createServedKinds(this.#options.client);
    await Promise.all([...byKey].map(([key, kind]) => this.#subscribe(subscriber, key, kind, kinds)));
    const answers = [...byKey.keys()].map((key) => this.#followed.get(key)?.firstAnswer);
    const timer = new AbortController();
    const signals = signal ? [timer.signal, signal] : [timer.signal];
    const timeout = delay(MAX_LIST_MS, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
    await Promise.race([Promise.all(answers), timeout]);
    timer.abort();
  }

  /** Lets go of everything that `subscriber` follows. */
  release(subscriber: string): void {
    this.#unsubscribe(subscriber, new Map());
  }

  find(identity: ObjectIdentity): LiveLookup {
    const key = kindKey(identity.group, identity.kind);
    const followed = this.#followed.get(key);
    if (!followed) return this.#missing.get(key) === null ? 'unserved' : 'unreadable';
    return followed.isSynced() ? (followed.find(identity) ?? 'absent') : 'unreadable';
  }

  /** Why objects of the kind are unreadable, as far as it is known. */
  problemOf({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): string | undefined {
    const key = kindKey(group, kind);
    return this.#followed.get(key)?.problem ?? this.#missing.get(key) ?? undefined;
  }

  /** Takes in the answer to our own write. */
  learn(identity: ObjectIdentity, live: LiveObject): void {
    this.#followed.get(kindKey(identity.group, identity.kind))?.learn(identity, live);
  }

  /** Makes sure of what only our own writes told of the kinds that `subscriber` follows; see {@link FollowedKind.confirm}. @throws KubeError */
  async confirm(subscriber: string): Promise<void> {
    for (const followed of this.#followed.values()) if (followed.subscribers.has(subscriber)) await followed.confirm();
  }

  /** Ends all watches. */
  stop(): void {
    for (const followed of this.#followed.values()) followed.stop();
    this.#followed.clear();
  }

  async #subscribe(subscriber: string, key: string, wanted: WantedKind, kinds: ServedKinds): Promise<void> {
    if (!this.#followed.has(key)) {
      try {
        const type = await kinds.findForEntry(wanted);
        if (type === null) this.#missing.set(key, null);
        // Another subscriber may have been faster.
        else if (!this.#followed.has(key)) this.#start(key, type);
      } catch (error) {
        this.#missing.set(key, describeError(error));
      }
    }
    this.#followed.get(key)?.subscribers.add(subscriber);
  }

  #start(key: string, type: FollowedKind['type']): void {
    const { client, nowMs, onChange } = this.#options;
    this.#missing.delete(key);
    this.#followed.set(key, new FollowedKind({ client, type, nowMs, onChange, onUnserved: () => this.#drop(key) }));
  }

  #drop(key: string): void {
    const followed = this.#followed.get(key);
    if (!followed) return;
    this.#followed.delete(key);
    this.#missing.set(key, null);
    followed.stop();
    this.#options.onUnserved([...followed.subscribers]);
  }

  #unsubscribe(subscriber: string, kept: ReadonlyMap<string, unknown>): void {
    for (const [key, followed] of this.#followed) {
      if (kept.has(key) || !followed.subscribers.delete(subscriber) || followed.subscribers.size > 0) continue;
      this.#followed.delete(key);
      followed.stop();
    }
  }
}
