/** @module What each GitSync asks for, as the watch told it last, and since when that is known. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { askOf, ownerOf } from './git-sync-cache.ts';

interface KnownAsk {
  readonly ask: string;
  readonly atMs: number;
}

/** The asks of all GitSyncs. The cache may have run ahead of the watch, and is not asked. */
export class KnownAsks {
  readonly #nowMs: () => number;
  readonly #asks = new Map<string, KnownAsk>();

  /** `nowMs`: milliseconds on a clock that never goes back. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** The watch told of `gitSync`. False when it asks for what it asked for before. */
  learn(gitSync: GitSync): boolean {
    const owner = ownerOf(requestOf(gitSync));
    const ask = askOf(gitSync);
    if (this.#asks.get(owner)?.ask === ask) return false;
    this.#asks.set(owner, { ask, atMs: this.#nowMs() });
    return true;
  }

  /** `request` is gone. */
  forget(request: Request): void {
    this.#asks.delete(ownerOf(request));
  }

  /** Since when it is known what `gitSync` asks for, on the clock of the constructor; now where the watch has not told of that yet. */
  sinceMs(gitSync: GitSync): number {
    const known = this.#asks.get(ownerOf(requestOf(gitSync)));
    return known?.ask === askOf(gitSync) ? known.atMs : this.#nowMs();
  }
}
