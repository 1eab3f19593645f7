/**
 * @module Knows how the objects of one GitSync are doing, while that is asked for. The watches carry no status, so an object is read
 * when they tell of a change of it, once a second at most; what our own writes answered is not read again.
 */
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeObject, ObjectKey } from '../../shared/resources/object-meta.ts';
import { isNewerVersion } from '../../shared/resources/resource-version.ts';
import { APPLY_CONCURRENCY, runLimited } from '../../shared/sync/run-limited.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import { assessHealth, hasHealth } from '../../shared/sync-plan/health.ts';
import type { Health } from '../../shared/sync-plan/health-view.ts';
import type { LiveLookup } from '../../shared/sync-plan/live-object.ts';
import type { WatchHub } from '../clusters/watch-hub.ts';

/** What a keeper works with, and whom it tells. */
export interface HealthKeeperOptions {
  readonly hub: Pick<WatchHub, 'find'>;
  /** Reads the object in full; null when it does not exist. */
  readonly read: (desired: DesiredObject) => Promise<KubeObject | null>;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** The health of an object that is looked at is another one now. May not throw. */
  readonly onChange: () => void;
}

/** One object that is not healthy. */
export interface UnhealthyObject {
  readonly desired: DesiredObject;
  readonly health: Health;
}

interface Known {
  readonly resourceVersion: string;
  readonly health: Health;
}

/** Of one object, between two reads. */
const MIN_GAP_MS = 1_000;
/** After a read that failed. */
const AFTER_ERROR_MS = 5_000;
const PLAIN: Health = { state: 'healthy', message: 'is there' };

/** The health of one GitSync's objects. */
export class HealthKeeper {
  readonly #options: HealthKeeperOptions;
  #scope: ReadonlyMap<ObjectKey, DesiredObject> | null = null;
  #isListening = false;
  readonly #known = new Map<ObjectKey, Known>();
  /** What is not healthy, as the last look or message had it. */
  readonly #told = new Map<ObjectKey, string>();
  readonly #readAtMs = new Map<ObjectKey, number>();
  readonly #timers = new Map<ObjectKey, NodeJS.Timeout>();

  constructor(options: HealthKeeperOptions) {
    this.#options = options;
  }

  /** Has answers to our own writes taken in from now on. */
  listen(): void {
    this.#isListening = true;
  }

  /** Takes in an object as the server answered to our own write. */
  learn({ key, identity }: DesiredObject, object: KubeObject): void {
    if (!this.#isListening || !hasHealth(identity)) return;
    this.#known.set(key, toKnown(object));
    this.#tellNews(key);
  }

  /** Looks at `scope` from now on, and reads what is not known of it. Single objects that cannot be read say so. */
  async look(scope: readonly DesiredObject[], signal: AbortSignal): Promise<void> {
    this.#scope = new Map(scope.map((desired) => [desired.key, desired]));
    for (const known of [this.#known, this.#readAtMs])
      for (const key of known.keys()) if (!this.#scope.has(key)) known.delete(key);
    const unread = scope.filter((desired) => this.#isOutdated(desired));
    await runLimited(unread, { limit: APPLY_CONCURRENCY, signal }, (desired) => this.#read(desired));
    signal.throwIfAborted();
    this.#told.clear();
    for (const { desired, health } of this.unhealthy()) this.#told.set(desired.key, describe(health));
  }

  /** What of the scope is not healthy, in its order. */
  unhealthy(): readonly UnhealthyObject[] {
    const objects = Array.from(this.#scope?.values() ?? [], (desired) => ({
      desired,
      health: this.#healthOf(desired),
    }));
    return objects.filter(({ health }) => health.state !== 'healthy');
  }

  /** The watch told of a change of an object. Returns at once. */
  onWatch(key: ObjectKey): void {
    const desired = this.#scope?.get(key);
    if (desired === undefined) return;
    if (this.#isOutdated(desired)) this.#readSoon(desired, MIN_GAP_MS);
    else this.#tellNews(key);
  }

  /** Nobody asks any more. */
  release(): void {
    this.#scope = null;
    this.#isListening = false;
    this.#known.clear();
    this.#told.clear();
    this.#readAtMs.clear();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #healthOf({ key, identity }: DesiredObject): Health {
    const lookup = this.#options.hub.find(identity);
    if (lookup === 'absent') return { state: 'progressing', message: 'is not there' };
    if (isTerminating(lookup)) return { state: 'progressing', message: 'is being deleted' };
    if (!hasHealth(identity)) return PLAIN;
    return this.#known.get(key)?.health ?? { state: 'unknown', message: 'was not read yet' };
  }

  #isOutdated({ key, identity }: DesiredObject): boolean {
    if (!hasHealth(identity)) return false;
    const lookup = this.#options.hub.find(identity);
    if (typeof lookup !== 'object') return false;
    const known = this.#known.get(key);
    // What was read may be newer than what the watch has told so far.
    return known === undefined || isNewerVersion(lookup.resourceVersion, known.resourceVersion);
  }

  #readSoon(desired: DesiredObject, gapMs: number): void {
    if (this.#timers.has(desired.key)) return;
    const lastMs = this.#readAtMs.get(desired.key) ?? Number.NEGATIVE_INFINITY;
    const delayMs = Math.max(0, lastMs + gapMs - this.#options.nowMs());
    const timer = setTimeout(() => {
      this.#timers.delete(desired.key);
      if (this.#isOutdated(desired)) void this.#read(desired).then(() => this.#tellNews(desired.key));
    }, delayMs);
    this.#timers.set(desired.key, timer);
  }

  /** Most of what a watch tells of makes no difference to anybody's health. */
  #tellNews(key: ObjectKey): void {
    const desired = this.#scope?.get(key);
    if (desired === undefined) return;
    const health = this.#healthOf(desired);
    const text = health.state === 'healthy' ? undefined : describe(health);
    if (text === this.#told.get(key)) return;
    if (text === undefined) this.#told.delete(key);
    else this.#told.set(key, text);
    this.#options.onChange();
  }

  async #read(desired: DesiredObject): Promise<void> {
    const { key } = desired;
    this.#readAtMs.set(key, this.#options.nowMs());
    try {
      const object = await this.#options.read(desired);
      if (this.#scope?.get(key) === undefined) return;
      if (object === null) this.#known.delete(key);
      else this.#known.set(key, toKnown(object));
      // Changed again while it was read: the watch told of it before, and will not again.
      if (object !== null && this.#isOutdated(desired)) this.#readSoon(desired, MIN_GAP_MS);
    } catch (error) {
      if (this.#scope?.get(key) === undefined) return;
      const health: Health = { state: 'unknown', message: `cannot be read: ${describeError(error)}` };
      this.#known.set(key, { resourceVersion: '', health });
      this.#readSoon(desired, AFTER_ERROR_MS);
    }
  }
}

function toKnown(object: KubeObject): Known {
  return { resourceVersion: object.metadata.resourceVersion ?? '', health: assessHealth(object) };
}

function describe({ state, message }: Health): string {
  return `${state} ${message}`;
}

function isTerminating(lookup: LiveLookup): boolean {
  return typeof lookup === 'object' && lookup.isTerminating;
}
