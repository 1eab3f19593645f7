/** @module Passes on how much keys are needed, at a pace at which it can be published. */
import type { KeyUsage, KeyUsageSource } from './key-usage.ts';

/** What a feed is made of. */
export interface UsageFeedOptions {
  /** Shortest time between two refreshes. */
  readonly intervalMs: number;
  /** What {@link UsageFeed.current} says has changed. */
  onRefresh(): void;
}

/** The counts as they were at the last refresh: the first one comes at once, the next after the interval. */
export class UsageFeed {
  readonly #options: UsageFeedOptions;
  #source: KeyUsageSource | null = null;
  #usage: KeyUsage | null = null;
  #pause: NodeJS.Timeout | undefined;
  #changedMeanwhile = false;
  #isStopped = false;

  constructor(options: UsageFeedOptions) {
    this.#options = options;
  }

  /** Follows `source` from now on. Called at most once. */
  follow(source: KeyUsageSource): void {
    this.#source = source;
    source.onUsageChange(() => this.#noteChange());
    this.#noteChange();
  }

  /** The counts, or null while they are not known. */
  current(): KeyUsage | null {
    return this.#usage;
  }

  /** Refreshes no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#pause);
  }

  #noteChange(): void {
    if (this.#pause === undefined) this.#refresh();
    else this.#changedMeanwhile = true;
  }

  #refresh(): void {
    const usage = this.#source?.usage() ?? null;
    if (this.#isStopped || isSameUsage(usage, this.#usage)) return;
    this.#usage = usage === null ? null : { objects: new Map(usage.objects), unknown: usage.unknown };
    this.#changedMeanwhile = false;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#changedMeanwhile) this.#refresh();
    }, this.#options.intervalMs);
    this.#options.onRefresh();
  }
}

function isSameUsage(a: KeyUsage | null, b: KeyUsage | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.unknown !== b.unknown || a.objects.size !== b.objects.size) return false;
  return [...a.objects].every(([fingerprint, count]) => b.objects.get(fingerprint) === count);
}
