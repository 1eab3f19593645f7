/** @module The live view that GitSyncs of one cluster and identity share: one metadata watch for each kind that an inventory or a revision has, and none else. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeDiscovery, KubeReader, KubeWatcher } from '../../shared/kube/client.ts';
import type { ObjectIdentity } from '../../shared/resources/object-meta.ts';
import { createServedKinds, type ServedKinds } from '../../shared/sync/served-kinds.ts';
import type { WantedKind } from '../../shared/sync/wanted-kinds.ts';
import { kindKey } from '../../shared/sync-plan/custom-kinds.ts';
import type { LiveLookup, LiveObject, LiveView } from '../../shared/sync-plan/live-object.ts';
import { FollowedKind } from './followed-kind.ts';

/** What a hub works with, and whom it tells. The functions may not throw. */
export interface WatchHubOptions {
  readonly client: KubeReader & KubeWatcher & KubeDiscovery;
  readonly nowMs: () => number;
  readonly onChange: (identity: ObjectIdentity) => void;
  /** A kind that these subscribers follow is not served any more. */
  readonly onUnserved: (subscribers: readonly string[]) => void;
  /** Follows each namespace by itself, for identities that may not see all of them. */
  readonly isNamespaced?: boolean;
}

/** A kind, in one namespace or in all. */
interface Wanted {
  readonly kind: WantedKind;
  readonly namespace: string | undefined;
}

/** A kind that is not followed, and who would follow it. */
interface MissingKind {
  /** Null for one that is not served. */
  readonly why: string | null;
  readonly subscribers: Set<string>;
}

/** A list that takes longer is not waited for; its kind counts as unreadable meanwhile. */
const MAX_LIST_MS = 30_000;

/** Follows kinds for subscribers. Kinds are told apart by group and name, never by version. */
export class WatchHub implements LiveView {
  readonly #options: WatchHubOptions;
  readonly #followed = new Map<string, FollowedKind>();
  readonly #missing = new Map<string, MissingKind>();

  constructor(options: WatchHubOptions) {
    this.#options = options;
  }

  /**
   * Makes `wanted` the kinds that `subscriber` follows, and resolves when each was listed or could not be. Kinds that nobody
   * follows any more are let go.
   */
  async follow(subscriber: string, wanted: readonly WantedKind[], signal?: AbortSignal): Promise<void> {
    const byKey = new Map(
      wanted.flatMap((kind) =>
        this.#placesOf(kind).map((namespace) => [
          this.#keyOf({ ...kind, namespace: namespace ?? '' }),
          { kind, namespace },
        ]),
      ),
    );
    this.#unsubscribe(subscriber, byKey);
    const kinds = createServedKinds(this.#options.client);
    await Promise.all([...byKey].map(([key, one]) => this.#subscribe(subscriber, key, one, kinds)));
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
    const key = this.#keyOf(identity);
    const followed = this.#followed.get(key);
    if (!followed) return this.#missing.get(key)?.why === null ? 'unserved' : 'unreadable';
    return followed.isSynced() ? (followed.find(identity) ?? 'absent') : 'unreadable';
  }

  /** Why objects of the kind are unreadable, as far as it is known. */
  problemOf(identity: Pick<ObjectIdentity, 'group' | 'kind' | 'namespace'>): string | undefined {
    const key = this.#keyOf(identity);
    return this.#followed.get(key)?.problem ?? this.#missing.get(key)?.why ?? undefined;
  }

  /** True when the objects are unreadable for want of rights. */
  isForbidden(identity: Pick<ObjectIdentity, 'group' | 'kind' | 'namespace'>): boolean {
    const followed = this.#followed.get(this.#keyOf(identity));
    return followed?.problem !== undefined && followed.isForbidden;
  }

  /** Takes in the answer to our own write. */
  learn(identity: ObjectIdentity, live: LiveObject): void {
    this.#followed.get(this.#keyOf(identity))?.learn(identity, live);
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

  /** Undefined: all namespaces at once. */
  #placesOf(kind: WantedKind): readonly (string | undefined)[] {
    return this.#options.isNamespaced === true ? kind.namespaces : [undefined];
  }

  #keyOf({ group, kind, namespace }: Pick<ObjectIdentity, 'group' | 'kind' | 'namespace'>): string {
    const key = kindKey(group, kind);
    return this.#options.isNamespaced === true ? `${key} ${namespace}` : key;
  }

  async #subscribe(subscriber: string, key: string, { kind, namespace }: Wanted, kinds: ServedKinds): Promise<void> {
    if (!this.#followed.has(key)) {
      try {
        const type = await kinds.findForEntry(kind);
        if (type === null) this.#miss(key, null, [subscriber]);
        // Another subscriber may have been faster.
        else if (!this.#followed.has(key)) this.#start(key, type, namespace);
      } catch (error) {
        this.#miss(key, describeError(error), [subscriber]);
      }
    }
    this.#followed.get(key)?.subscribers.add(subscriber);
  }

  #start(key: string, type: FollowedKind['type'], place: string | undefined): void {
    const { client, nowMs, onChange } = this.#options;
    this.#missing.delete(key);
    const namespace = type.namespaced ? place : undefined;
    const onUnserved = (): void => this.#drop(key);
    this.#followed.set(key, new FollowedKind({ client, type, namespace, nowMs, onChange, onUnserved }));
  }

  #drop(key: string): void {
    const followed = this.#followed.get(key);
    if (!followed) return;
    this.#followed.delete(key);
    this.#miss(key, null, followed.subscribers);
    followed.stop();
    this.#options.onUnserved([...followed.subscribers]);
  }

  #miss(key: string, why: string | null, subscribers: Iterable<string>): void {
    const others = this.#missing.get(key)?.subscribers ?? [];
    this.#missing.set(key, { why, subscribers: new Set([...others, ...subscribers]) });
  }

  #unsubscribe(subscriber: string, kept: ReadonlyMap<string, unknown>): void {
    for (const [key, followed] of this.#followed) {
      if (kept.has(key) || !followed.subscribers.delete(subscriber) || followed.subscribers.size > 0) continue;
      this.#followed.delete(key);
      followed.stop();
    }
    for (const [key, { subscribers }] of this.#missing)
      if (!kept.has(key) && subscribers.delete(subscriber) && subscribers.size === 0) this.#missing.delete(key);
  }
}
