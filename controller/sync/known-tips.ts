/** @module What references named when they were last asked for, so that one question to a remote serves every GitSync that follows the same one. */
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import { ownerOf } from '../git-syncs/git-sync-cache.ts';
import type { Request } from '../reconcile-loop/reconciler.ts';

/** What the tips work with. */
export interface KnownTipsOptions {
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** A reference that `follower` follows names something else now, as another one found out. */
  readonly onMoved: (follower: Request) => void;
}

interface Tip {
  readonly revision: ResolvedRevision;
  readonly askedAtMs: number;
}

interface Follower {
  readonly request: Request;
  readonly key: string;
}

const MAX_TIPS = 4_096;

/** The tips of all references. A key stands for one reference, read with one login. */
export class KnownTips {
  readonly #options: KnownTipsOptions;
  readonly #tips = new Map<string, Tip>();
  readonly #followers = new Map<string, Follower>();
  /** Since when answers of before count for nothing, by key. */
  readonly #doubtedAtMs = new Map<string, number>();

  constructor(options: KnownTipsOptions) {
    this.#options = options;
  }

  /** From now on `request` follows `key`, and nothing else. */
  follow(request: Request, key: string): void {
    this.#followers.set(ownerOf(request), { request, key });
  }

  /** `request` follows nothing any more. */
  forget(request: Request): void {
    this.#followers.delete(ownerOf(request));
  }

  /** Somebody says that what `request` follows has moved: the next question goes to the remote, whoever asks it. */
  doubt(request: Request): void {
    const follower = this.#followers.get(ownerOf(request));
    if (follower !== undefined) keepNewest(this.#doubtedAtMs, follower.key, this.#options.nowMs());
  }

  /** Since when answers about `key` count, on the clock of the options; 0 when nobody doubted them. */
  doubtedAtMs(key: string): number {
    return this.#doubtedAtMs.get(key) ?? 0;
  }

  /** What `key` named, if that was asked for less than `maxAgeMs` ago. */
  find(key: string, maxAgeMs: number): ResolvedRevision | null {
    const tip = this.#tips.get(key);
    if (tip === undefined || tip.askedAtMs < this.doubtedAtMs(key)) return null;
    return this.#options.nowMs() - tip.askedAtMs < maxAgeMs ? tip.revision : null;
  }

  /** The remote says that `key` names `revision`; the question was sent at `askedAtMs`, for `asker`. The others that follow it hear of a change. */
  learn(key: string, revision: ResolvedRevision, asked: { readonly by: Request; readonly atMs: number }): void {
    const before = this.#tips.get(key);
    if (before !== undefined && before.askedAtMs > asked.atMs) return;
    keepNewest(this.#tips, key, { revision, askedAtMs: asked.atMs });
    if (before === undefined || isSameTip(before.revision, revision)) return;
    const asker = ownerOf(asked.by);
    for (const [owner, follower] of this.#followers) {
      if (follower.key === key && owner !== asker) this.#options.onMoved(follower.request);
    }
  }
}

function isSameTip(a: ResolvedRevision, b: ResolvedRevision): boolean {
  return a.revision === b.revision && a.tag?.object === b.tag?.object;
}

function keepNewest<T>(known: Map<string, T>, key: string, value: T): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > MAX_TIPS && oldest !== undefined) known.delete(oldest);
}
