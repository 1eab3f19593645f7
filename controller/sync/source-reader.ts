/** @module Reads the source of GitSyncs: the login from its Secret, the repository shared, and one fetch at a time for those that want the same. */
import { canonicalJson } from '../../shared/encoding/json.ts';
import type { HistoryRelation } from '../../shared/git/compare-history.ts';
import { GitError } from '../../shared/git/errors.ts';
import { type GitCredentials, readGitCredentials } from '../../shared/git/git-credentials.ts';
import type { GitRepository, ResolvedRevision, SignedRevision } from '../../shared/git/git-repository.ts';
import type { CommitDescription } from '../../shared/git/read-commit.ts';
import { readSigners } from '../../shared/git/signers.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import type { GitSyncCache } from '../git-syncs/git-sync-cache.ts';
import { type Request, requestOf } from '../reconcile-loop/reconciler.ts';
import { KnownTips, type KnownTipsOptions } from './known-tips.ts';

/** A repository as {@link SourceReaderOptions.openRepository} is asked for it. */
export interface RepositoryRequest {
  readonly url: string;
  /** What was fetched for one tenant is never read for another. */
  readonly tenant: string;
  readonly credentials?: GitCredentials;
}

/** What a reader works with. */
export interface SourceReaderOptions extends KnownTipsOptions {
  readonly client: Pick<KubeReader, 'get'>;
  readonly cache: Pick<GitSyncCache, 'inNamespace'>;
  /** @throws GitError when the address is refused */
  readonly openRepository: (request: RepositoryRequest) => GitRepository;
}

/** The source of one GitSync at one moment. */
export interface OpenSource {
  /** What the reference names, as the remote says to a question that was sent at `sinceMs` on the reader's clock or later; by default, now. @throws GitError */
  resolve(sinceMs?: number): Promise<ResolvedRevision>;
  /** Returns when `revision` is signed as the GitSync asks for, or it asks for nothing. @throws GitError `GIT_SIGNATURE_INVALID` and others */
  assertSigned(revision: SignedRevision): Promise<void>;
  /** The files of `commit` below the GitSync's path. @throws GitError */
  readTree(commit: string): Promise<FileTree>;
  /** Whether the GitSync's path holds the same in both commits; false also where that cannot be told. */
  isSameFolder(before: string, after: string): Promise<boolean>;
  /** What `commit` says of itself. @throws GitError */
  readCommit(commit: string): Promise<CommitDescription>;
  /** Whether `ancestor` is in the history of `descendant`. @throws GitError */
  compareHistory(ancestor: string, descendant: string): Promise<HistoryRelation>;
}

interface OpenedRepository {
  readonly gitSync: GitSync;
  readonly login: string;
  readonly repository: GitRepository;
  readonly signal: AbortSignal;
}

const MAX_REPOSITORIES = 256;
const MAX_VERIFIED = 1_024;

/** Opens sources. Repositories are kept, since they remember where their commits were seen. */
export class SourceReader {
  readonly #options: SourceReaderOptions;
  readonly #repositories = new Map<string, GitRepository>();
  readonly #tips: KnownTips;
  readonly #verified = new Set<string>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(options: SourceReaderOptions) {
    this.#options = options;
    this.#tips = new KnownTips(options);
  }

  /** `request` is gone. */
  forget(request: Request): void {
    this.#tips.forget(request);
  }

  /** Somebody says that the source of `request` has moved: what was answered before serves nobody any more. */
  doubt(request: Request): void {
    this.#tips.doubt(request);
  }

  /** The source of `gitSync`, with the login that its Secret holds now. @throws GitError, KubeError */
  async open(gitSync: GitSync, signal: AbortSignal): Promise<OpenSource> {
    const { source } = gitSync.spec;
    const tenant = gitSync.metadata.namespace ?? '';
    const secret = await this.#readLogin(gitSync);
    const { uid, resourceVersion } = secret?.metadata ?? {};
    const login = JSON.stringify([tenant, source.url, source.secretRef?.name, uid, resourceVersion]);
    const repository = this.#open(login, { url: source.url, tenant }, secret);
    const path = source.path ?? '';
    const { ref = {}, ignore = [] } = source;
    const tips = this.#tips;
    const key = `${login} ${JSON.stringify(ref)}`;
    const request = requestOf(gitSync);
    tips.follow(request, key);
    return {
      resolve: (sinceMs = this.#options.nowMs()) =>
        tips.resolve(key, { by: request, sinceMs, ask: () => repository.resolve(ref, { signal }) }),
      assertSigned: (revision) => this.#assertSigned({ gitSync, login, repository, signal }, revision),
      readTree: (commit) =>
        this.#share(`read ${login} ${commit} ${JSON.stringify([path, ignore])}`, signal, (shared) =>
          repository.readTree(commit, path, { signal: shared, ignore, alongside: () => this.#pathsBeside(gitSync) }),
        ),
      isSameFolder: (before, after) =>
        repository.isSameFolder(before, after, path, { signal }).catch((error: unknown) => {
          // Whatever is wrong is met again, and told, when the files are read.
          if (error instanceof GitError) return false;
          throw error;
        }),
      readCommit: (commit) =>
        this.#share(`describe ${login} ${commit}`, signal, (shared) =>
          repository.readCommit(commit, { signal: shared }),
        ),
      compareHistory: (ancestor, descendant) => repository.compareHistory(ancestor, descendant, { signal }),
    };
  }

  /** What other GitSyncs read of the same repository at the same reference, with the same login. */
  #pathsBeside(gitSync: GitSync): readonly string[] {
    const wanted = sharedSourceOf(gitSync);
    return this.#options.cache
      .inNamespace(gitSync.metadata.namespace ?? '')
      .filter((one) => one.metadata.deletionTimestamp === undefined && one.spec.suspend !== true)
      .filter((one) => sharedSourceOf(one) === wanted)
      .map(({ spec }) => spec.source.path ?? '');
  }

  #open(login: string, request: RepositoryRequest, secret: Secret | null): GitRepository {
    const known = this.#repositories.get(login);
    if (known) return known;
    const credentials = secret === null ? undefined : readGitCredentials(secret);
    const repository = this.#options.openRepository(credentials === undefined ? request : { ...request, credentials });
    this.#repositories.set(login, repository);
    const [oldest] = this.#repositories.keys();
    if (this.#repositories.size > MAX_REPOSITORIES && oldest !== undefined) this.#repositories.delete(oldest);
    return repository;
  }

  /** What was verified once with the same signers needs no second look. */
  async #assertSigned(opened: OpenedRepository, revision: SignedRevision): Promise<void> {
    const { gitSync, login, repository, signal } = opened;
    const { verify } = gitSync.spec.source;
    if (verify === undefined) return;
    const secret = await this.#readSecret(gitSync, verify.secretRef.name);
    if (secret === null) {
      const message = `cannot use the signers in Secret ${gitSync.metadata.namespace ?? ''}/${verify.secretRef.name}: it does not exist`;
      throw new GitError('GIT_SIGNERS_INVALID', message);
    }
    const { uid, resourceVersion } = secret.metadata;
    const { commit, tag } = revision;
    const key = JSON.stringify([login, verify.mode, commit, tag?.name, tag?.object, uid, resourceVersion]);
    if (this.#verified.has(key)) return;
    const request = { mode: verify.mode, signers: readSigners(secret) };
    await this.#share(`verify ${key}`, signal, (shared) =>
      repository.verifySignature(revision, request, { signal: shared }),
    );
    this.#verified.add(key);
    const [oldest] = this.#verified;
    if (this.#verified.size > MAX_VERIFIED && oldest !== undefined) this.#verified.delete(oldest);
  }

  async #readLogin(gitSync: GitSync): Promise<Secret | null> {
    const name = gitSync.spec.source.secretRef?.name;
    if (name === undefined) return null;
    const secret = await this.#readSecret(gitSync, name);
    if (secret !== null) return secret;
    const message = `cannot use Secret ${gitSync.metadata.namespace ?? ''}/${name} for Git: it does not exist`;
    throw new GitError('GIT_CREDENTIALS_INVALID', message);
  }

  async #readSecret({ metadata }: GitSync, name: string): Promise<Secret | null> {
    return (await this.#options.client.get(SECRETS, { namespace: metadata.namespace, name })) as Secret | null;
  }

  /** The signal is that of the process, the same for all callers, so sharing does not let one end the work of another. */
  async #share<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = this.#underWay.get(key) as Promise<T> | undefined;
    if (running !== undefined) return running;
    const started = work(signal).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, started);
    return started;
  }
}

/** Equal for GitSyncs of one namespace that read the same commit out of the same mirror. */
function sharedSourceOf({ spec: { source } }: GitSync): string {
  return canonicalJson([source.url, source.secretRef?.name ?? null, source.ref ?? {}]);
}
