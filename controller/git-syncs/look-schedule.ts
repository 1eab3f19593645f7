/** @module Remembers when each GitSync is due for a whole look, so that looks at health alone can come in between and move nothing. */

/** Due times, by owner, on a clock that never goes back. */
export class LookSchedule {
  readonly #dueAtMs = new Map<string, number>();

  /** A whole look is asked for at `atMs`; of several, the earliest counts. */
  ask(owner: string, atMs: number): void {
    this.#dueAtMs.set(owner, Math.min(atMs, this.#dueAtMs.get(owner) ?? Number.POSITIVE_INFINITY));
  }

  /** A whole look begins: what was asked for up to now is answered. */
  begin(owner: string): void {
    this.#dueAtMs.delete(owner);
  }

  /** Milliseconds until a whole look is due, 0 when it is now, infinite when nobody asked. */
  leftMs(owner: string, nowMs: number): number {
    return Math.max(0, (this.#dueAtMs.get(owner) ?? Number.POSITIVE_INFINITY) - nowMs);
  }
}
