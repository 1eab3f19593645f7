/** @module A queue with one entry per key, entries that wait for their time, and none handed out twice at once. */
import type { Request } from './reconciler.ts';

interface Entry {
  readonly key: string;
  readonly request: Request;
}

interface Delayed {
  readonly entry: Entry;
  readonly dueAt: number;
  readonly timer: NodeJS.Timeout;
}

/** Longest wait that a timer can hold; later entries come up early, which is harmless. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Entries are taken in the order in which they came up; what was taken is held back until it is released. */
export class WorkQueue {
  readonly #ready = new Map<string, Entry>();
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
    return this.#ready.size;
  }

  /** Puts `key` into the queue, or moves it forward; one that is there already and due earlier stays as it is. */
  add(key: string, request: Request, delayMs: number): void {
    if (this.#ready.has(key) || this.#again.has(key)) return;
    const entry = { key, request };
    if (delayMs <= 0) this.#comeUp(entry);
    else this.#delay(entry, Math.min(delayMs, MAX_TIMER_MS));
  }

  /** The entry that waits longest, or null; it is held back until {@link release}. */
  take(): Entry | null {
    const first = this.#ready.values().next();
    if (first.done) return null;
    this.#ready.delete(first.value.key);
    this.#taken.add(first.value.key);
    return first.value;
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
    this.#ready.clear();
    this.#again.clear();
  }

  #comeUp(entry: Entry): void {
    this.#forgetDelay(entry.key);
    if (this.#taken.has(entry.key)) {
      this.#again.set(entry.key, entry);
      return;
    }
    this.#ready.set(entry.key, entry);
    this.#onReady();
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
