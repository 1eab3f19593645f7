/** @module One kind, followed across the cluster or in one namespace by metadata alone: what is live now, as the watch and our own writes tell it. */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeReader, KubeWatcher, ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import { type ObjectIdentity, placeKey } from '../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';
import { readLiveObject } from '../../shared/sync/live-object.ts';
import type { LiveObject } from '../../shared/sync-plan/live-object.ts';

/** What following a kind takes, and whom it tells. None of the functions may throw. */
export interface FollowedKindOptions {
  readonly client: Pick<KubeWatcher, 'watch'> & Pick<KubeReader, 'get'>;
  readonly type: ResourceType;
  /** The one namespace to follow; undefined: all of them, and kinds that have none. */
  readonly namespace?: string | undefined;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** After the first list: something about this object is different. */
  readonly onChange: (identity: ObjectIdentity) => void;
  /** The server does not know the kind any more. */
  readonly onUnserved: () => void;
}

/** Our own write is normally confirmed by the watch within milliseconds. */
const CONFIRM_AFTER_MS = 5_000;
/** Deletions of which the watch told before the answer to our own earlier write came in. */
const MAX_TOMBSTONES = 1_024;

/** The live objects of one kind. */
export class FollowedKind {
  readonly type: ResourceType;
  /** Who wants it followed. */
  readonly subscribers = new Set<string>();
  /** Resolves at the first complete list or the first failure, whichever comes first. */
  readonly firstAnswer: Promise<void>;
  readonly #options: FollowedKindOptions;
  readonly #watch: ObjectWatch;
  readonly #answered: () => void;
  readonly #objects = new Map<string, LiveObject>();
  /** Known from the answer to our own write alone, since when. */
  readonly #unconfirmed = new Map<string, number>();
  readonly #tombstones = new Map<string, string>();
  #problem: string | undefined;
  #isForbidden = false;

  constructor(options: FollowedKindOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.type = options.type;
    this.firstAnswer = promise;
    this.#answered = resolve;
    this.#options = options;
    this.#watch = options.client.watch(
      options.type,
      { metadataOnly: true, namespace: options.namespace },
      {
        onEvent: (event) => this.#take(event),
        onSynced: () => this.#recover(),
        onProblem: (error) => this.#report(error),
      },
    );
  }

  /** True once the kind was listed; from then on absence is a fact. */
  isSynced(): boolean {
    return this.#watch.isSynced();
  }

  /** Why the kind could not be listed yet. */
  get problem(): string | undefined {
    return this.isSynced() ? undefined : this.#problem;
  }

  /** True when the last try to list the kind was refused for want of rights. */
  get isForbidden(): boolean {
    return this.#isForbidden;
  }

  /** The object as it was seen last. */
  find(identity: ObjectIdentity): LiveObject | undefined {
    return this.#objects.get(placeKey(identity));
  }

  /** Takes in the answer to our own write, which may come before or after the watch tells of it. */
  learn(identity: ObjectIdentity, live: LiveObject): void {
    const name = placeKey(identity);
    const known = this.#objects.get(name)?.resourceVersion ?? this.#tombstones.get(name);
    if (known !== undefined && !isNewerVersion(live.resourceVersion, known)) return;
    this.#objects.set(name, live);
    this.#unconfirmed.set(name, this.#options.nowMs());
  }

  /**
   * Reads the objects of which, some seconds after our own write, the watch has still not told: it may have been cut, and the
   * object deleted meanwhile. @throws KubeError
   */
  async confirm(): Promise<void> {
    const latest = this.#options.nowMs() - CONFIRM_AFTER_MS;
    const overdue = [...this.#unconfirmed].filter(([, since]) => since <= latest);
    for (const [name] of overdue) await this.#readAgain(name);
  }

  /** Ends the watch; nothing is told from now on. */
  stop(): void {
    this.#watch.stop();
    this.#answered();
  }

  #take({ kind, object }: WatchEvent): void {
    const { namespace = '', name = '' } = object.metadata;
    const identity = { group: this.type.group, kind: this.type.kind, namespace, name };
    const isNews =
      kind === 'removed'
        ? this.#forget(identity, object.metadata.resourceVersion ?? '')
        : this.#record(identity, readLiveObject(object));
    if (isNews && this.isSynced()) this.#options.onChange(identity);
  }

  #record(identity: ObjectIdentity, live: LiveObject): boolean {
    const name = placeKey(identity);
    const known = this.#objects.get(name);
    if (known && !isNewerVersion(live.resourceVersion, known.resourceVersion)) {
      if (live.resourceVersion === known.resourceVersion) this.#unconfirmed.delete(name);
      return false;
    }
    this.#objects.set(name, live);
    this.#unconfirmed.delete(name);
    this.#tombstones.delete(name);
    return true;
  }

  /** A removal that is older than our own write speaks, most often, of an earlier object of that name. */
  #forget(identity: ObjectIdentity, resourceVersion: string): boolean {
    const name = placeKey(identity);
    const known = this.#objects.get(name);
    if (known && this.#unconfirmed.has(name) && isNewerVersion(known.resourceVersion, resourceVersion)) {
      // Or our own write was undone while the watch was cut, and a list found nothing: it tells of the last that it had seen.
      void this.#readAgain(name).catch(() => undefined);
      return false;
    }
    this.#unconfirmed.delete(name);
    this.#bury(name, resourceVersion);
    return this.#objects.delete(name);
  }

  #bury(name: string, resourceVersion: string): void {
    this.#tombstones.set(name, resourceVersion);
    const [oldest] = this.#tombstones.keys();
    if (this.#tombstones.size > MAX_TOMBSTONES && oldest !== undefined) this.#tombstones.delete(oldest);
  }

  async #readAgain(key: string): Promise<void> {
    const slash = key.indexOf('/');
    const [namespace, name] = [key.slice(0, slash), key.slice(slash + 1)];
    const reference = { namespace: namespace === '' ? undefined : namespace, name };
    const object = await this.#options.client.get(this.type, reference, { metadataOnly: true });
    this.#unconfirmed.delete(key);
    const identity = { group: this.type.group, kind: this.type.kind, namespace, name };
    const isNews = object === null ? this.#objects.delete(key) : this.#record(identity, readLiveObject(object));
    if (isNews) this.#options.onChange(identity);
  }

  #recover(): void {
    this.#problem = undefined;
    this.#isForbidden = false;
    this.#answered();
  }

  #report(error: unknown): void {
    this.#problem = describeError(error);
    this.#isForbidden = isKubeError(error, 'KUBE_FORBIDDEN');
    if (isKubeError(error, 'KUBE_NOT_FOUND')) this.#options.onUnserved();
    this.#answered();
  }
}
