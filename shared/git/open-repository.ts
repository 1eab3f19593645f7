/** @module Puts the parts together: a repository that is read through a mirror in a cache folder. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { GitReference } from '../resources/git-sync.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';
import { GitError } from './errors.ts';
import { runExclusively } from './exclusive.ts';
import type { GitCredentials } from './git-credentials.ts';
import type { GitVariables } from './git-environment.ts';
import { DEFAULT_GIT_LIMITS, type GitLimits } from './git-limits.ts';
import { assertCommitId, parseRemoteReferences, toReferenceQuery, toRevision } from './git-reference.ts';
import type { GitCallOptions, GitRepository, ResolvedRevision } from './git-repository.ts';
import { GitRunner } from './git-runner.ts';
import { readGitVersion } from './git-version.ts';
import { Mirror, sweepDiscardedMirrors } from './mirror.ts';
import { lockMirror } from './mirror-lock.ts';
import { sweepPrivateFolders } from './private-files.ts';
import { readTree } from './read-tree.ts';
import { Remote } from './remote.ts';
import { normalizeRepositoryPath } from './repository-path.ts';
import { parseRepositoryUrl, type RepositoryUrl, type UrlPolicy } from './repository-url.ts';

/** How a repository is opened. */
export interface RepositoryOptions extends UrlPolicy {
  readonly url: string;
  /** Absolute path of a folder that is ours alone; made when missing. Its content may vanish at any time between two calls. */
  readonly cacheDirectory: string;
  /**
   * On whose behalf the repository is read, such as the namespace of a GitSync. What was fetched with the credentials of one tenant
   * is never read for another one, even if that one knows the address and a commit id.
   */
  readonly tenant: string;
  /** The variables of the process; git gets PATH, proxies and the place of the system's certificates from them, and nothing else. */
  readonly environment: GitVariables;
  readonly credentials?: GitCredentials;
  /** What differs from {@link DEFAULT_GIT_LIMITS}. */
  readonly limits?: Partial<GitLimits>;
}

/**
 * The repository at `options.url`. Nothing is read before the first call.
 * @throws GitError `GIT_URL_REFUSED`, `GIT_CREDENTIALS_IN_URL`
 */
export function openRepository(options: RepositoryOptions): GitRepository {
  return new MirroredRepository(options, parseRepositoryUrl(options.url, options));
}

const REMEMBERED_COMMITS = 32;

class MirroredRepository implements GitRepository {
  readonly url: string;
  readonly #cacheDirectory: string;
  readonly #tenant: string;
  readonly #limits: GitLimits;
  readonly #git: GitRunner;
  readonly #remote: Remote;
  /** Where a commit was seen, for servers that give out references only. */
  readonly #references = new Map<string, string>();
  #prepared: Promise<void> | undefined;

  constructor(options: RepositoryOptions, url: RepositoryUrl) {
    this.url = url.address;
    this.#cacheDirectory = options.cacheDirectory;
    this.#tenant = options.tenant;
    this.#limits = { ...DEFAULT_GIT_LIMITS, ...options.limits };
    this.#git = new GitRunner(options.environment, this.#limits.timeoutMs);
    const { maxTransferBytes } = this.#limits;
    const { cacheDirectory, credentials = {} } = options;
    this.#remote = new Remote({ url, credentials, git: this.#git, cacheDirectory, maxTransferBytes });
  }

  async resolve(reference: GitReference, { signal }: GitCallOptions = {}): Promise<ResolvedRevision> {
    const query = toReferenceQuery(reference);
    if (query.kind === 'commit') return toRevision(query.commit);
    await this.#prepare();
    const names = query.kind === 'tag' ? [query.fullName, `${query.fullName}^{}`] : [query.fullName];
    const resolved = parseRemoteReferences(await this.#remote.listReferences(names, signal), query);
    if (resolved === null) throw this.#referenceNotFound(query.fullName);
    this.#remember(resolved.commit, query.fullName);
    return resolved;
  }

  async readTree(commit: string, treePath: string, { signal }: GitCallOptions = {}): Promise<FileTree> {
    const id = assertCommitId(commit);
    const folder = normalizeRepositoryPath(treePath);
    await this.#prepare();
    const mirror = new Mirror(
      this.#cacheDirectory,
      JSON.stringify([this.#tenant, this.url]),
      id.length === 64 ? 'sha256' : 'sha1',
      this.#git,
    );
    return runExclusively(mirror.folder, () => this.#readLocked(mirror, id, folder, signal));
  }

  async #readLocked(
    mirror: Mirror,
    commit: string,
    folder: string,
    signal: AbortSignal | undefined,
  ): Promise<FileTree> {
    signal?.throwIfAborted();
    await mkdir(path.dirname(mirror.lockFile), { recursive: true, mode: 0o700 });
    // A read is a handful of programs, each with its own deadline, and few of them can come near it.
    const lock = await lockMirror(mirror.lockFile, { staleAfterMs: 4 * this.#limits.timeoutMs, signal });
    try {
      if (lock.wasAbandoned) await mirror.discard();
      return await this.#readOrRenew(mirror, { commit, folder, signal });
    } catch (error) {
      // Git may have been ended in the middle of its work.
      await mirror.sweepResidue();
      throw error;
    } finally {
      await lock.release();
    }
  }

  /** A damaged mirror is made anew, once: what fails in a fresh one as well is no matter of the mirror. */
  async #readOrRenew(mirror: Mirror, request: ReadRequest): Promise<FileTree> {
    const state = await mirror.prepare(request.signal);
    try {
      return await this.#read(mirror, request);
    } catch (error) {
      if (state === 'new' || !canBeDamage(error)) throw error;
      await mirror.discard();
      await mirror.prepare(request.signal);
      return this.#read(mirror, request);
    }
  }

  async #read(mirror: Mirror, { commit, folder, signal }: ReadRequest): Promise<FileTree> {
    const base = {
      git: this.#git,
      remote: this.#remote,
      limits: this.#limits,
      mirror: mirror.folder,
      reference: this.#references.get(commit),
      commit,
      folder,
      signal,
    };
    const tree = await readTree({ ...base, contents: 'none' });
    if (tree !== null) return tree;
    await mirror.discard();
    await mirror.prepare(signal);
    const whole = await readTree({ ...base, contents: 'whole' });
    if (whole === null) throw new GitError('GIT_FAILED', `cannot fetch the files of commit ${commit} from ${this.url}`);
    return whole;
  }

  #remember(commit: string, reference: string): void {
    this.#references.delete(commit);
    this.#references.set(commit, reference);
    const [oldest] = this.#references.keys();
    if (this.#references.size > REMEMBERED_COMMITS && oldest !== undefined) this.#references.delete(oldest);
  }

  #referenceNotFound(fullName: string): GitError {
    const why = fullName === 'HEAD' ? 'it has no HEAD; is it empty?' : `it has no ${fullName}`;
    return new GitError('GIT_REF_NOT_FOUND', `cannot resolve the reference in ${this.url}: ${why}`);
  }

  /** Before the first work, once for this repository: is git new enough, and what did a crash leave behind? A failure is no answer. */
  #prepare(): Promise<void> {
    this.#prepared ??= this.#checkAndSweep().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async #checkAndSweep(): Promise<void> {
    await readGitVersion(this.#git);
    await sweepPrivateFolders(path.join(this.#cacheDirectory, 'private'));
    await sweepDiscardedMirrors(this.#cacheDirectory);
  }
}

/** Git has more words for a damaged repository than can be listed, so what is none of the known failures counts as one. */
function canBeDamage(error: unknown): boolean {
  return error instanceof GitError && (error.code === 'GIT_MIRROR_DAMAGED' || error.code === 'GIT_FAILED');
}

interface ReadRequest {
  readonly commit: string;
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}
