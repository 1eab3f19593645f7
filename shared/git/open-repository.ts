/** @module Puts the parts together: a repository that is read through a mirror in a cache folder. */
import path from 'node:path';
import type { FileTree } from '../sync-plan/file-tree.ts';
import { compareHistory, type HistoryRelation } from './compare-history.ts';
import { GitError } from './errors.ts';
import { fetchCommit } from './fetch-commit.ts';
import type { GitCredentials } from './git-credentials.ts';
import type { GitVariables } from './git-environment.ts';
import { DEFAULT_GIT_LIMITS, type GitLimits } from './git-limits.ts';
import {
  assertCommitId,
  findNewestTag,
  parseRemoteReferences,
  type ReferenceQuery,
  toReferenceQuery,
  toRevision,
} from './git-reference.ts';
import type {
  AskedReference,
  GitCallOptions,
  GitRepository,
  ReadTreeOptions,
  ResolvedRevision,
  SignatureRequest,
  SignedRevision,
} from './git-repository.ts';
import { GitRunner } from './git-runner.ts';
import { readGitVersion } from './git-version.ts';
import { findLastChange } from './last-change.ts';
import { type MergeSide, mergeCommits } from './merge-commits.ts';
import { Mirror, sweepDiscardedMirrors } from './mirror.ts';
import { sweepPrivateFolders } from './private-files.ts';
import { type CommitDescription, readCommit } from './read-commit.ts';
import { readTree } from './read-tree.ts';
import { Remote } from './remote.ts';
import { normalizeRepositoryPath } from './repository-path.ts';
import { parseRepositoryUrl, type RepositoryUrl, type UrlPolicy } from './repository-url.ts';
import { type MirrorUse, useMirror } from './use-mirror.ts';
import { verifySignature } from './verify-signature.ts';

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

type RangeQuery = Extract<ReferenceQuery, { readonly kind: 'semver' }>;

const REMEMBERED = 32;

class MirroredRepository implements GitRepository {
  readonly url: string;
  readonly #cacheDirectory: string;
  readonly #tenant: string;
  readonly #limits: GitLimits;
  readonly #git: GitRunner;
  readonly #remote: Remote;
  /** Where a commit was seen, for servers that give out references only. */
  readonly #references = new Map<string, string>();
  /** How commits relate never changes. */
  readonly #relations = new Map<string, HistoryRelation>();
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

  async resolve(reference: AskedReference, { signal }: GitCallOptions = {}): Promise<ResolvedRevision> {
    const query = toReferenceQuery(reference);
    if (query.kind === 'commit') return toRevision(query.commit);
    await this.#prepare();
    if (query.kind === 'semver') return this.#resolveRange(query, signal);
    const names = query.kind === 'tag' ? [query.fullName, `${query.fullName}^{}`] : [query.fullName];
    const resolved = parseRemoteReferences(await this.#remote.listReferences(names, signal), query);
    if (resolved === null) throw this.#referenceNotFound(query.fullName);
    this.#remember(resolved.commit, query.fullName);
    return resolved;
  }

  async #resolveRange(query: RangeQuery, signal: AbortSignal | undefined): Promise<ResolvedRevision> {
    const resolved = findNewestTag(await this.#remote.listTags(signal), query.range);
    if (resolved === null) throw this.#referenceNotFound(`tag in the range ${JSON.stringify(query.text)}`);
    this.#remember(resolved.commit, `refs/tags/${resolved.tag?.name ?? ''}`);
    return resolved;
  }

  async readTree(commit: string, treePath: string, options: ReadTreeOptions = {}): Promise<FileTree> {
    const { signal, ignore = [] } = options;
    const id = assertCommitId(commit);
    const folder = normalizeRepositoryPath(treePath);
    await this.#prepare();
    const mirror = this.#mirror(id);
    return useMirror(this.#use(mirror, signal), () => this.#read(mirror, { commit: id, folder, ignore, signal }));
  }

  async readMerge(base: string, head: string, treePath: string, options: ReadTreeOptions = {}): Promise<FileTree> {
    const { signal, ignore = [] } = options;
    const [from, to] = [assertCommitId(base), assertCommitId(head)];
    const folder = normalizeRepositoryPath(treePath);
    await this.#prepare();
    const mirror = this.#mirror(from, 'merge');
    const sideOf = (commit: string): MergeSide => ({ commit, reference: this.#references.get(commit) });
    const common = { git: this.#git, remote: this.#remote, mirror: mirror.folder, signal };
    return useMirror(this.#use(mirror, signal), async () => {
      const commit = await mergeCommits({ ...common, base: sideOf(from), head: sideOf(to) });
      const limits = this.#limits;
      const tree = await readTree({
        ...common,
        limits,
        reference: undefined,
        commit,
        folder,
        ignore,
        contents: 'whole',
      });
      if (tree === null) throw new GitError('GIT_FAILED', `cannot fetch the files of both commits from ${this.url}`);
      return tree;
    });
  }

  async readCommit(commit: string, { signal }: GitCallOptions = {}): Promise<CommitDescription> {
    const id = assertCommitId(commit);
    await this.#prepare();
    const mirror = this.#mirror(id);
    return useMirror(this.#use(mirror, signal), async () => {
      const base = { git: this.#git, remote: this.#remote, mirror: mirror.folder, commit: id, signal };
      await fetchCommit({ ...base, reference: this.#references.get(id), contents: 'none' });
      return readCommit(this.#git, base);
    });
  }

  async verifySignature(
    revision: SignedRevision,
    request: SignatureRequest,
    { signal }: GitCallOptions = {},
  ): Promise<void> {
    const id = assertCommitId(revision.commit);
    await this.#prepare();
    const mirror = this.#mirror(id);
    const { git, remote } = { git: this.#git, remote: this.#remote };
    const privateDirectory = path.join(this.#cacheDirectory, 'private');
    const reference = this.#references.get(id);
    await useMirror(this.#use(mirror, signal), () =>
      verifySignature({
        git,
        remote,
        mirror: mirror.folder,
        privateDirectory,
        revision,
        reference,
        ...request,
        signal,
      }),
    );
  }

  async compareHistory(
    ancestor: string,
    descendant: string,
    { signal }: GitCallOptions = {},
  ): Promise<HistoryRelation> {
    const [from, to] = [assertCommitId(ancestor), assertCommitId(descendant)];
    if (from === to) return 'descendant';
    if (from.length !== to.length) return 'rewritten';
    const key = `${from}..${to}`;
    const known = this.#relations.get(key);
    if (known !== undefined) return known;
    await this.#prepare();
    const mirror = this.#mirror(to, 'history');
    const { git, remote } = { git: this.#git, remote: this.#remote };
    const reference = this.#references.get(to);
    const query = { git, remote, mirror: mirror.folder, ancestor: from, descendant: to, reference, signal };
    const relation = await useMirror(this.#use(mirror, signal), () => compareHistory(query));
    keepNewest(this.#relations, key, relation);
    return relation;
  }

  async findLastChange(commit: string, file: string, { signal }: GitCallOptions = {}): Promise<string | null> {
    const id = assertCommitId(commit);
    await this.#prepare();
    const mirror = this.#mirror(id, 'changes');
    const query = { git: this.#git, remote: this.#remote, mirror: mirror.folder, commit: id, file, signal };
    return useMirror(this.#use(mirror, signal), () => findLastChange(query));
  }

  /** The mirror of the repository that `commit` is of. That of the history is another one: it lacks what the first is read for. */
  #mirror(commit: string, ...purpose: readonly string[]): Mirror {
    const identity = JSON.stringify([this.#tenant, this.url, ...purpose]);
    return new Mirror(this.#cacheDirectory, identity, commit.length === 64 ? 'sha256' : 'sha1', this.#git);
  }

  /** A use is a handful of programs, each with its own deadline, and few of them can come near it. */
  #use(mirror: Mirror, signal: AbortSignal | undefined): MirrorUse {
    return { mirror, staleAfterMs: 4 * this.#limits.timeoutMs, signal };
  }

  async #read(mirror: Mirror, { commit, folder, ignore, signal }: ReadRequest): Promise<FileTree> {
    const base = {
      git: this.#git,
      remote: this.#remote,
      limits: this.#limits,
      mirror: mirror.folder,
      reference: this.#references.get(commit),
      commit,
      folder,
      ignore,
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
    keepNewest(this.#references, commit, reference);
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

/** Adds to `known` as the newest, and drops the oldest of too many. */
function keepNewest<T>(known: Map<string, T>, key: string, value: T): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
}

interface ReadRequest {
  readonly commit: string;
  readonly signal: AbortSignal | undefined;
  readonly folder: string;
  readonly ignore: readonly string[];
}
