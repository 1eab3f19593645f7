/** @module Puts the parts together: a repository that is read through mirrors in a cache folder. */
import type { FileTree } from '../sync-plan/file-tree.ts';
import { compareHistory, type HistoryRelation } from './compare-history.ts';
import { fetchCommit } from './fetch-commit.ts';
import { FolderIds, type WithCommit } from './folder-ids.ts';
import type { GitCredentials } from './git-credentials.ts';
import type { GitVariables } from './git-environment.ts';
import { DEFAULT_GIT_LIMITS, type GitLimits } from './git-limits.ts';
import { assertCommitId, toReferenceQuery, toRevision } from './git-reference.ts';
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
import { findLastChange } from './last-change.ts';
import type { MergeSide } from './merge-commits.ts';
import { ObjectStore } from './object-store.ts';
import { type CommitDescription, readCommit } from './read-commit.ts';
import { readMerge } from './read-merge.ts';
import { readRevisionTree, type TreeWish } from './read-revision-tree.ts';
import { RecentMap } from './recent-map.ts';
import { Remote } from './remote.ts';
import { RepositoryMirrors } from './repository-mirrors.ts';
import { normalizeRepositoryPath } from './repository-path.ts';
import { parseRepositoryUrl, type RepositoryUrl, type UrlPolicy } from './repository-url.ts';
import { resolveReference } from './resolve-reference.ts';
import { type Alongside, NOBODY_ALONGSIDE } from './tree-read.ts';
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
 * @throws GitError `GIT_URL_REFUSED`, `GIT_CREDENTIALS_IN_URL`, `GIT_CREDENTIALS_INVALID`
 */
export function openRepository(options: RepositoryOptions): GitRepository {
  return new MirroredRepository(options, parseRepositoryUrl(options.url, options));
}

class MirroredRepository implements GitRepository {
  readonly url: string;
  readonly #limits: GitLimits;
  readonly #remote: Remote;
  readonly #mirrors: RepositoryMirrors;
  readonly #folders = new FolderIds();
  readonly #descriptions = new RecentMap<CommitDescription>();
  /** Commits of which nothing is fetched for others. */
  readonly #readAlone = new RecentMap<true>();
  /** How commits relate never changes. */
  readonly #relations = new RecentMap<HistoryRelation>();

  constructor(options: RepositoryOptions, url: RepositoryUrl) {
    const { cacheDirectory, tenant, credentials = {} } = options;
    const limits = { ...DEFAULT_GIT_LIMITS, ...options.limits };
    const git = new GitRunner(options.environment, limits.timeoutMs);
    const remote = new Remote({ url, credentials, git, cacheDirectory, limits });
    this.url = url.address;
    this.#limits = limits;
    this.#remote = remote;
    this.#mirrors = new RepositoryMirrors({ address: url.address, tenant, cacheDirectory, git, remote, limits });
  }

  async resolve(reference: AskedReference, { signal }: GitCallOptions = {}): Promise<ResolvedRevision> {
    const query = toReferenceQuery(reference);
    if (query.kind === 'commit') return toRevision(query.commit);
    await this.#mirrors.prepare();
    const found = await resolveReference({ remote: this.#remote, url: this.url, signal }, query);
    this.#mirrors.remember(found.resolved.commit, found.reference);
    return found.resolved;
  }

  async readTree(commit: string, treePath: string, options: ReadTreeOptions = {}): Promise<FileTree> {
    const wish = {
      ...this.#treeWish(treePath, options),
      commit: assertCommitId(commit),
      alongside: this.#alongside(commit, options),
    };
    return this.#mirrors.use({ commit, signal: options.signal }, (place, renew) =>
      readRevisionTree(place, wish, renew),
    );
  }

  async isSameFolder(
    before: string,
    after: string,
    treePath: string,
    { signal }: GitCallOptions = {},
  ): Promise<boolean> {
    const folder = normalizeRepositoryPath(treePath);
    const withCommit: WithCommit = (commit, work) =>
      this.#mirrors.use({ commit, signal }, async (place) => {
        await fetchCommit({ ...place, commit, contents: 'none' });
        return work(new ObjectStore(place.git, place.mirror, place.signal));
      });
    return this.#folders.isSame(assertCommitId(before), assertCommitId(after), { folder, withCommit });
  }

  async readMerge(base: string, head: string, treePath: string, options: ReadTreeOptions = {}): Promise<FileTree> {
    const [from, to] = [this.#mergeSide(base), this.#mergeSide(head)];
    const wish = { ...this.#treeWish(treePath, options), base: from, head: to };
    const { signal } = options;
    return this.#mirrors.use({ commit: from.commit, purpose: 'merge', signal }, (place) => readMerge(place, wish));
  }

  async readCommit(commit: string, { signal }: GitCallOptions = {}): Promise<CommitDescription> {
    const id = assertCommitId(commit);
    const known = this.#descriptions.get(id);
    if (known !== undefined) return known;
    const description = await this.#mirrors.use({ commit: id, signal }, async (place) => {
      await fetchCommit({ ...place, commit: id, contents: 'none' });
      return readCommit(place.git, { ...place, commit: id });
    });
    this.#descriptions.set(id, description);
    return description;
  }

  async verifySignature(
    revision: SignedRevision,
    request: SignatureRequest,
    { signal }: GitCallOptions = {},
  ): Promise<void> {
    const commit = assertCommitId(revision.commit);
    const { privateDirectory } = this.#mirrors;
    await this.#mirrors.use({ commit, signal }, (place) =>
      verifySignature({ ...place, ...request, privateDirectory, revision }),
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
    const relation = await this.#mirrors.use({ commit: to, purpose: 'history', signal }, (place) =>
      compareHistory({ ...place, ancestor: from, descendant: to }),
    );
    this.#relations.set(key, relation);
    return relation;
  }

  async findLastChange(commit: string, file: string, { signal }: GitCallOptions = {}): Promise<string | null> {
    const id = assertCommitId(commit);
    return this.#mirrors.use({ commit: id, purpose: 'changes', signal }, (place) =>
      findLastChange({ ...place, commit: id, file }),
    );
  }

  #treeWish(treePath: string, { ignore = [] }: ReadTreeOptions): Omit<TreeWish, 'commit' | 'alongside'> {
    return { folder: normalizeRepositoryPath(treePath), ignore, limits: this.#limits, url: this.url };
  }

  #alongside(commit: string, { alongside }: ReadTreeOptions): Alongside {
    if (alongside === undefined || this.#readAlone.get(commit) === true) return NOBODY_ALONGSIDE;
    return { paths: alongside, giveUp: () => this.#readAlone.set(commit, true) };
  }

  #mergeSide(commit: string): MergeSide {
    return { commit: assertCommitId(commit), reference: this.#mirrors.referenceOf(commit) };
  }
}
