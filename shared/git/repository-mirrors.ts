/** @module The mirrors of one repository: what every operation is given to work with, locked, swept and made anew where needed. */
import path from 'node:path';
import type { GitLimits } from './git-limits.ts';
import type { GitRunner } from './git-runner.ts';
import { readGitVersion } from './git-version.ts';
import { Mirror, sweepDiscardedMirrors } from './mirror.ts';
import { sweepPrivateFolders } from './private-files.ts';
import { RecentMap } from './recent-map.ts';
import type { Remote } from './remote.ts';
import { sweepUnusedMirrors } from './sweep-unused.ts';
import { useMirror } from './use-mirror.ts';

/** What the mirrors are made for. */
export interface RepositoryMirrorsOptions {
  /** The address as git is given it. */
  readonly address: string;
  readonly tenant: string;
  readonly cacheDirectory: string;
  readonly git: GitRunner;
  readonly remote: Remote;
  readonly limits: GitLimits;
}

/** Which mirror an operation needs. One for a purpose lacks what others are read for. */
export interface MirrorWish {
  /** The mirror is of this commit's object format. */
  readonly commit: string;
  /** Absent: the one that trees and commits are read from. */
  readonly purpose?: 'history' | 'changes' | 'merge';
  readonly signal: AbortSignal | undefined;
}

/** A mirror that is one operation's alone while it runs. */
export interface MirrorPlace {
  readonly git: GitRunner;
  readonly remote: Remote;
  /** Its folder. */
  readonly mirror: string;
  /** Full name of the reference that the wished commit was seen at, for servers that give out references only. */
  readonly reference: string | undefined;
  readonly signal: AbortSignal | undefined;
}

const SWEEP_EVERY_MS = 24 * 60 * 60_000;

/** Gives out mirrors of one repository, for one tenant. */
export class RepositoryMirrors {
  readonly #options: RepositoryMirrorsOptions;
  /** Where a commit was seen. */
  readonly #references = new RecentMap<string>();
  #prepared: Promise<void> | undefined;
  #preparedAtMs = 0;

  constructor(options: RepositoryMirrorsOptions) {
    this.#options = options;
  }

  /** Where private files may lie for the time of an operation. */
  get privateDirectory(): string {
    return path.join(this.#options.cacheDirectory, 'private');
  }

  /** `commit` was seen at `reference`. */
  remember(commit: string, reference: string): void {
    this.#references.set(commit, reference);
  }

  /** Full name of the reference that `commit` was last seen at. */
  referenceOf(commit: string): string | undefined {
    return this.#references.get(commit);
  }

  /**
   * What `work` makes of the mirror, which may be empty. `renew` makes it empty in the middle of the work. Work may be done twice, as
   * {@link useMirror} says. @throws what `work` throws; GitError when there can be no mirror
   */
  async use<T>(wish: MirrorWish, work: (place: MirrorPlace, renew: () => Promise<void>) => Promise<T>): Promise<T> {
    const { git, remote, limits } = this.#options;
    const { commit, signal } = wish;
    await this.prepare();
    const mirror = this.#mirror(wish);
    const place = { git, remote, mirror: mirror.folder, reference: this.referenceOf(commit), signal };
    const renew = async (): Promise<void> => {
      await mirror.discard();
      await mirror.prepare(signal);
    };
    // A use is a handful of programs, each with its own deadline, and few of them can come near it.
    return useMirror({ mirror, staleAfterMs: staleAfterMs(limits), signal }, () => work(place, renew));
  }

  /** Before the first work, and once a day: is git new enough, and what was left behind? A failure is no answer. @throws GitError */
  prepare(): Promise<void> {
    if (Date.now() - this.#preparedAtMs > SWEEP_EVERY_MS) this.#prepared = undefined;
    if (this.#prepared === undefined) this.#preparedAtMs = Date.now();
    this.#prepared ??= this.#checkAndSweep().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  #mirror({ commit, purpose }: MirrorWish): Mirror {
    const { tenant, address, cacheDirectory, git } = this.#options;
    const identity = JSON.stringify([tenant, address, ...(purpose === undefined ? [] : [purpose])]);
    return new Mirror(cacheDirectory, identity, commit.length === 64 ? 'sha256' : 'sha1', git);
  }

  async #checkAndSweep(): Promise<void> {
    const { git, cacheDirectory, limits } = this.#options;
    await readGitVersion(git);
    await sweepPrivateFolders(this.privateDirectory);
    await sweepDiscardedMirrors(cacheDirectory);
    await sweepUnusedMirrors(cacheDirectory, { nowMs: Date.now(), staleAfterMs: staleAfterMs(limits) });
  }
}

function staleAfterMs({ timeoutMs }: GitLimits): number {
  return 4 * timeoutMs;
}
