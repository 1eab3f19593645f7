/** @module Bounds how often one Secret is repaired, so that a fight with another writer costs little and still never ends in giving up. */
import { placeKey } from '../../shared/resources/object-meta.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';

const BURST = 10;
const PERIOD_MS = 60_000;
const SLOW_MS = 30_000;

/** Counts repairs per object. */
export class RepairBudget {
  readonly #windows = new Map<string, { sinceMs: number; count: number }>();

  /** 0 when a repair may be made now, which is then counted; else how many milliseconds it has to wait. */
  take(request: Request, nowMs: number): number {
    const key = placeKey(request);
    for (const [known, { sinceMs }] of this.#windows) if (nowMs - sinceMs >= PERIOD_MS) this.#windows.delete(known);
    const window = this.#windows.get(key) ?? { sinceMs: nowMs, count: 0 };
    if (window.count >= BURST) return Math.min(SLOW_MS, window.sinceMs + PERIOD_MS - nowMs);
    this.#windows.set(key, { ...window, count: window.count + 1 });
    return 0;
  }
}
