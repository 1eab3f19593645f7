/**
 * @module Follows a set of objects for ever: list, watch, resume, and list again when the server no longer knows where we
 * were. Every failure ends in another try.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { placeKey } from '../resources/object-meta.ts';
import { Backoff, type BackoffLimits } from './backoff.ts';
import type { ListOptions, ObjectWatch, WatchEvent, WatchHandler } from './client.ts';
import { isKubeError, type KubeError } from './errors.ts';
import { KnownObjects } from './known-objects.ts';
import { listPages } from './list-pages.ts';
import type { ResourceType } from './resource-type.ts';
import type { Sender } from './sender.ts';
import { followWatch, isSilence, type StreamEvent } from './watch-connection.ts';

/** How patient a watch is. */
export interface WatchTiming {
  readonly backoff: BackoffLimits;
  /** Silence after which a connection is taken for dead. */
  readonly idleTimeoutMs: number;
  /** Bounds of the time after which the server ends a connection. */
  readonly minConnectionSeconds: number;
  readonly maxConnectionSeconds: number;
}

/** Bookmarks come each minute, so 100 s of silence means that nobody is there. */
export const DEFAULT_WATCH_TIMING: WatchTiming = {
  backoff: { firstMs: 200, maxMs: 5_000 },
  idleTimeoutMs: 100_000,
  minConnectionSeconds: 300,
  maxConnectionSeconds: 600,
};

/** What a watch needs of its surroundings. */
export interface WatchDependencies {
  readonly sender: Sender;
  readonly timing: WatchTiming;
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** After a connection that held this long the next one follows at once; a server that ends each one early is not asked in a loop. */
const GOOD_CONNECTION_MS = 10_000;

/** Watches that ended like this so often in a row start over with a list: the server's history may not be ours any more. */
const MAX_REFUSED_RESUMES = 3;
/** A server may ask for rest, but not for ever. */
const MAX_ASKED_WAIT_MS = 60_000;
/** Answers of a server that has too much to do: they say nothing of our place in its history. */
const BUSY = [429, 503];
/** What a server says, or does not say, that will work again later. */
const AWAY = ['KUBE_UNREACHABLE', 'KUBE_TIMEOUT', 'KUBE_SERVER_ERROR', 'KUBE_TOO_MANY_REQUESTS'] as const;
/** A kind that was not served this often in a row has no objects. */
const MAX_UNSERVED_LISTS = 3;

/** Starts to follow the objects of `type`; see {@link WatchHandler} for what is told and when. */
export function watchObjects(
  dependencies: WatchDependencies,
  type: ResourceType,
  options: Omit<ListOptions, 'signal'>,
  handler: WatchHandler,
): ObjectWatch {
  const loop = new WatchLoop(dependencies, type, options, handler);
  void loop.run();
  return loop;
}

/** The server works, and yet what comes next from here is refused or cannot be read. */
function isDeadEnd(error: KubeError): boolean {
  const isUnreadable = error.code === 'KUBE_BAD_RESPONSE' || error.code === 'KUBE_TOO_LARGE';
  return isUnreadable || (error.status > 0 && !BUSY.includes(error.status));
}

class WatchLoop implements ObjectWatch {
  readonly synced: Promise<void>;
  readonly #dependencies: WatchDependencies;
  readonly #type: ResourceType;
  readonly #options: Omit<ListOptions, 'signal'>;
  readonly #handler: WatchHandler;
  readonly #known: KnownObjects;
  readonly #backoff: Backoff;
  readonly #stopped = new AbortController();
  readonly #resolveSynced: () => void;
  #isSynced = false;
  /** Where the next watch goes on; null when a list has to come first. */
  #resourceVersion: string | null = null;
  #refusedResumes = 0;
  #unservedLists = 0;
  /** No answer came, or none but that the server cannot work now. */
  #isAway = false;

  constructor(
    dependencies: WatchDependencies,
    type: ResourceType,
    options: Omit<ListOptions, 'signal'>,
    handler: WatchHandler,
  ) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.synced = promise;
    this.#resolveSynced = resolve;
    this.#dependencies = dependencies;
    this.#type = type;
    this.#options = options;
    this.#handler = handler;
    this.#known = new KnownObjects(type);
    this.#backoff = new Backoff(dependencies.timing.backoff, dependencies.random);
  }

  isSynced(): boolean {
    return this.#isSynced;
  }

  stop(): void {
    this.#stopped.abort();
    this.#resolveSynced();
  }

  async run(): Promise<void> {
    // Not in the caller's stack: its handler may use the watch that it is about to be given.
    await Promise.resolve();
    while (!this.#stopped.signal.aborted) {
      const waitMs = await this.#runOnce();
      if (waitMs > 0) await delay(waitMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  /** One list where needed, and one watch connection; answers how long to wait before the next. */
  async #runOnce(): Promise<number> {
    try {
      if (this.#resourceVersion === null) await this.#list();
      const heldMs = await this.#follow(this.#resourceVersion ?? '');
      if (heldMs < GOOD_CONNECTION_MS) return this.#backoff.next();
      this.#backoff.reset();
      return 0;
    } catch (error) {
      if (this.#stopped.signal.aborted) return 0;
      return this.#recover(error);
    }
  }

  async #list(): Promise<void> {
    const signal = this.#stopped.signal;
    const seen = new Set<string>();
    let resourceVersion = '';
    for await (const page of listPages(this.#dependencies.sender, this.#type, { ...this.#options, signal })) {
      if (page === null) {
        seen.clear();
        continue;
      }
      resourceVersion = page.resourceVersion;
      for (const object of page.items) {
        seen.add(placeKey(object.metadata));
        this.#emit(this.#known.record(object));
      }
    }
    signal.throwIfAborted();
    this.#emit(this.#known.keepOnly(seen));
    this.#resourceVersion = resourceVersion;
    this.#refusedResumes = 0;
    this.#unservedLists = 0;
    this.#markSynced();
  }

  /** Returns when the server ends the connection: how long it held. */
  async #follow(resourceVersion: string): Promise<number> {
    const { sender, timing, random, now } = this.#dependencies;
    const { minConnectionSeconds: min, maxConnectionSeconds: max, idleTimeoutMs } = timing;
    const timeoutSeconds = Math.round(min + random() * (max - min));
    const startedAtMs = now();
    const onEvent = (event: StreamEvent): void => {
      this.#backoff.reset();
      this.#refusedResumes = 0;
      this.#take(event);
    };
    const target = { type: this.#type, options: this.#options, idleTimeoutMs, timeoutSeconds };
    const onOpen = (): void => this.#markRecovered();
    await followWatch(sender, target, resourceVersion, { signal: this.#stopped.signal, onEvent, onOpen });
    return now() - startedAtMs;
  }

  #take(event: StreamEvent): void {
    if (event.resourceVersion !== '') this.#resourceVersion = event.resourceVersion;
    if (event.kind === 'changed') this.#emit(this.#known.record(event.object));
    if (event.kind === 'removed') this.#emit(this.#known.remove(event.object));
  }

  #recover(error: unknown): number {
    const waitMs = this.#backoff.next();
    if (isKubeError(error, 'KUBE_NOT_FOUND')) return this.#waitForKind(error, waitMs);
    this.#unservedLists = 0;
    this.#report(error);
    if (!isKubeError(error)) return waitMs;
    if (isKubeError(error, ...AWAY) || isSilence(error)) this.#isAway = true;
    if (isDeadEnd(error)) this.#refusedResumes += 1;
    if (error.code === 'KUBE_GONE' || this.#refusedResumes >= MAX_REFUSED_RESUMES) this.#resourceVersion = null;
    return Math.max(waitMs, Math.min(error.retryAfterMs ?? 0, MAX_ASKED_WAIT_MS));
  }

  /** The kind's CRD may come, or come back; said once, then tried quietly. */
  #waitForKind(error: unknown, waitMs: number): number {
    this.#resourceVersion = null;
    this.#unservedLists += 1;
    if (this.#unservedLists === 1) this.#report(error);
    if (this.#unservedLists === MAX_UNSERVED_LISTS) this.#emit(this.#known.keepOnly(new Set()));
    return waitMs;
  }

  #emit(events: readonly WatchEvent[]): void {
    for (const event of events) this.#tell(() => this.#handler.onEvent(event));
  }

  #markSynced(): void {
    if (this.#isSynced) return;
    this.#isSynced = true;
    this.#tell(() => this.#handler.onSynced());
    this.#resolveSynced();
  }

  #markRecovered(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#tell(() => this.#handler.onRecovered?.());
  }

  /** A handler that throws is told so and changes nothing else. */
  #tell(call: () => void): void {
    if (this.#stopped.signal.aborted) return;
    try {
      call();
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    if (this.#stopped.signal.aborted) return;
    try {
      this.#handler.onProblem(error);
    } catch {
      // Nobody is left to tell.
    }
  }
}
