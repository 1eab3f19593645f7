/** @module A queue with one entry per key, entries that wait for their time, and none handed out twice at once. */
import { FairLane } from './fair-lane.ts';
import type { Request } from './reconciler.ts';

/** `fresh`: somebody waits for it. `backlog`: a start or a repetition asked, and it may wait until fresh work is done. */
export type Urgency = 'fresh' | 'backlog';

interface Entry {
  readonly key: string;
  readonly request: Request;
  readonly urgency: Urgency;
}

interface Delayed {
  readonly entry: Entry;
  readonly dueAt: number;
  readonly timer: NodeJS.Timeout;
}

/** Longest wait that a timer can hold; later entries come up early, which is harmless. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Of so many entries one comes from the backlog although there is fresh work, or a busy cluster would never see its end. */
const BACKLOG_SHARE = 8;

/**
 * Fresh entries are taken before the backlog, namespaces take turns, and within one entries are taken in the order in which they came up; what was
 * taken is held back until it is released.
 */
export class WorkQueue {
  readonly #ready: Readonly<Record<Urgency, FairLane<Entry>>> = { fresh: new FairLane(), backlog: new FairLane() };
  #freshInARow = 0;
  readonly #delayed = new Map<string, Delayed>();
  readonly #taken = new Set<string>();
  /** Came up while taken; becomes ready on release. */
  readonly #again = new Map<string, Entry>();
  readonly #onReady: () => void;

  /** `onReady` is told, perhaps from within {@link add}, that an entry can be taken. */
  constructor(onReady: () => void) {
    this.#onReady = onReady;
  }

  /** Number of entries that can be taken now. */
  get depth(): number {
    return this.#ready.fresh.size + this.#ready.backlog.size;
  }

  /** True when nothing waits, not even for its time, and nothing that was taken is still held back. */
  get isEmpty(): boolean {
    return this.depth + this.#delayed.size + this.#taken.size === 0;
  }

  /**
   * Puts `key` into the queue, or moves it forward; one that is there already, due earlier and as urgent, stays as it is. A
   * delayed entry is part of the backlog when its time comes, unless it is said to be fresh.
   */
  add(
    key: string,
    request: Request,
    { delayMs, urgency }: { readonly delayMs: number; readonly urgency: Urgency },
  ): void {
    const entry = { key, request, urgency };
    const waiting = this.#ready.fresh.get(key) ?? this.#ready.backlog.get(key) ?? this.#again.get(key);
    if (waiting !== undefined) this.#promote(waiting, entry, delayMs);
    else if (delayMs <= 0) this.#comeUp(entry);
    else this.#delay(entry, Math.min(delayMs, MAX_TIMER_MS));
  }

  /** The entry whose turn it is, or null; it is held back until {@link release}. */
  take(): Entry | null {
    const { fresh, backlog } = this.#ready;
    const isTurnOfBacklog = fresh.size === 0 || (backlog.size > 0 && this.#freshInARow >= BACKLOG_SHARE - 1);
    const lane = isTurnOfBacklog ? backlog : fresh;
    const entry = lane.take();
    if (entry === null) return null;
    this.#freshInARow = isTurnOfBacklog ? 0 : this.#freshInARow + 1;
    this.#taken.add(entry.key);
    return entry;
  }

  /** Lets a taken key be handed out again. */
  release(key: string): void {
    this.#taken.delete(key);
    const entry = this.#again.get(key);
    if (entry === undefined) return;
    this.#again.delete(key);
    this.#comeUp(entry);
  }

  /** Forgets all entries and stops their timers. */
  clear(): void {
    for (const { timer } of this.#delayed.values()) clearTimeout(timer);
    this.#delayed.clear();
    this.#ready.fresh.clear();
    this.#ready.backlog.clear();
    this.#again.clear();
  }

  #comeUp(entry: Entry): void {
    this.#forgetDelay(entry.key);
    if (this.#taken.has(entry.key)) {
      this.#again.set(entry.key, entry);
      return;
    }
    this.#ready[entry.urgency].add(entry);
    this.#onReady();
  }

  #promote(waiting: Entry, entry: Entry, delayMs: number): void {
    if (delayMs > 0 || entry.urgency === waiting.urgency || entry.urgency === 'backlog') return;
    if (this.#ready.backlog.delete(entry.key)) this.#ready.fresh.add(entry);
    else if (this.#again.has(entry.key)) this.#again.set(entry.key, entry);
  }

  #delay(entry: Entry, delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    const before = this.#delayed.get(entry.key);
    if (before !== undefined && before.dueAt <= dueAt) return;
    this.#forgetDelay(entry.key);
    const timer = setTimeout(() => this.#comeUp(entry), delayMs);
    this.#delayed.set(entry.key, { entry, dueAt, timer });
  }

  #forgetDelay(key: string): void {
    const delayed = this.#delayed.get(key);
    if (delayed === undefined) return;
    clearTimeout(delayed.timer);
    this.#delayed.delete(key);
  }
}
