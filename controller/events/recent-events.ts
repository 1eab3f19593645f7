/** @module Remembers the events written lately, so that a repetition raises a count in place of adding an event. */

/** An event that stands in the cluster. */
export interface RecentEvent {
  readonly name: string;
  readonly namespace: string;
  readonly count: number;
  readonly lastAt: Date;
}

const MAX_REMEMBERED = 1_024;
const REPEATS_WITHIN_MS = 600_000;

/** A bounded memory; the oldest entries are forgotten first. */
export class RecentEvents {
  readonly #events = new Map<string, RecentEvent>();

  /** The event of `key`, unless it was last said more than ten minutes before `at`. */
  find(key: string, at: Date): RecentEvent | undefined {
    const event = this.#events.get(key);
    return event !== undefined && at.getTime() - event.lastAt.getTime() <= REPEATS_WITHIN_MS ? event : undefined;
  }

  /** Keeps `event` under `key`. */
  remember(key: string, event: RecentEvent): void {
    this.#events.delete(key);
    this.#events.set(key, event);
    const [oldest] = this.#events.keys();
    if (this.#events.size > MAX_REMEMBERED && oldest !== undefined) this.#events.delete(oldest);
  }
}
