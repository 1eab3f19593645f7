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

/** What a GitSync wants to know. */
export interface TipQuestion {
  readonly by: Request;
  /** An answer to an earlier question does not count; on the clock of the options. */
  readonly sinceMs: number;
  /** Asks the remote. */
  readonly ask: () => Promise<ResolvedRevision>;
}

/** A question that was sent, and whom its answer serves. */
interface Asking {
  readonly askedAtMs: number;
  readonly askers: Set<string>;
  readonly answer: Promise<ResolvedRevision>;
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
  /** The last question about each key that is not answered yet. */
  readonly #underWay = new Map<string, Asking>();

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

  /**
   * What `key` names, by the answer to a question that was sent at `sinceMs` or later, and after the last doubt. `ask` sends one where there is none,
   * answered or under way. Others that follow the key hear of a change. @throws what `ask` throws
   */
  async resolve(key: string, { by, sinceMs, ask }: TipQuestion): Promise<ResolvedRevision> {
    const countsFromMs = Math.max(sinceMs, this.#doubtedAtMs.get(key) ?? 0);
    const tip = this.#tips.get(key);
    if (tip !== undefined && tip.askedAtMs >= countsFromMs) return tip.revision;
    const underWay = this.#underWay.get(key);
    const isLateEnough = underWay !== undefined && underWay.askedAtMs >= countsFromMs;
    const asking = isLateEnough ? underWay : this.#send(key, ask);
    asking.askers.add(ownerOf(by));
    return asking.answer;
  }

  #send(key: string, ask: TipQuestion['ask']): Asking {
    const askedAtMs = this.#options.nowMs();
    const askers = new Set<string>();
    const answer = ask()
      .then((revision) => {
        this.#learn(key, { revision, askedAtMs }, askers);
        return revision;
      })
      .finally(() => {
        if (this.#underWay.get(key) === asking) this.#underWay.delete(key);
      });
    const asking: Asking = { askedAtMs, askers, answer };
    this.#underWay.set(key, asking);
    return asking;
  }

  #learn(key: string, tip: Tip, askers: ReadonlySet<string>): void {
    const before = this.#tips.get(key);
    if (before !== undefined && before.askedAtMs > tip.askedAtMs) return;
    keepNewest(this.#tips, key, tip);
    if (before === undefined || isSameTip(before.revision, tip.revision)) return;
    for (const [owner, follower] of this.#followers) {
      if (follower.key === key && !askers.has(owner)) this.#options.onMoved(follower.request);
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
