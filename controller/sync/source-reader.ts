/** @module Reads the source of GitSyncs: the login from its Secret, the repository shared, and one fetch at a time for those that want the same. */
import { GitError } from '../../shared/git/errors.ts';
import { type GitCredentials, readGitCredentials } from '../../shared/git/git-credentials.ts';
import type { GitRepository, ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';

/** A repository as {@link SourceReaderOptions.openRepository} is asked for it. */
export interface RepositoryRequest {
  readonly url: string;
  /** What was fetched for one tenant is never read for another. */
  readonly tenant: string;
  readonly credentials?: GitCredentials;
}

/** What a reader works with. */
export interface SourceReaderOptions {
  readonly client: Pick<KubeReader, 'get'>;
  /** @throws GitError when the address is refused */
  readonly openRepository: (request: RepositoryRequest) => GitRepository;
}

/** The source of one GitSync at one moment. */
export interface OpenSource {
  /** What the reference names now. @throws GitError */
  resolve(): Promise<ResolvedRevision>;
  /** The files of `commit` below the GitSync's path. @throws GitError */
  readTree(commit: string): Promise<FileTree>;
}

const MAX_REPOSITORIES = 256;

/** Opens sources. Repositories are kept, since they remember where their commits were seen. */
export class SourceReader {
  readonly #options: SourceReaderOptions;
  readonly #repositories = new Map<string, GitRepository>();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(options: SourceReaderOptions) {
    this.#options = options;
  }

  /** The source of `gitSync`, with the login that its Secret holds now. @throws GitError, KubeError */
  async open(gitSync: GitSync, signal: AbortSignal): Promise<OpenSource> {
    const { source } = gitSync.spec;
    const tenant = gitSync.metadata.namespace ?? '';
    const secret = await this.#readSecret(gitSync);
    const { uid, resourceVersion } = secret?.metadata ?? {};
    const login = JSON.stringify([tenant, source.url, source.secretRef?.name, uid, resourceVersion]);
    const repository = this.#open(login, { url: source.url, tenant }, secret);
    const path = source.path ?? '';
    const { ref = {} } = source;
    return {
      resolve: () =>
        this.#share(`resolve ${login} ${JSON.stringify(ref)}`, signal, (shared) =>
          repository.resolve(ref, { signal: shared }),
        ),
      readTree: (commit) =>
        this.#share(`read ${login} ${commit} ${path}`, signal, (shared) =>
          repository.readTree(commit, path, { signal: shared }),
        ),
    };
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

  async #readSecret({ metadata, spec }: GitSync): Promise<Secret | null> {
    const name = spec.source.secretRef?.name;
    if (name === undefined) return null;
    const { namespace } = metadata;
    const secret = await this.#options.client.get(SECRETS, { namespace, name });
    if (secret !== null) return secret as Secret;
    const message = `cannot use Secret ${namespace ?? ''}/${name} for Git: it does not exist`;
    throw new GitError('GIT_CREDENTIALS_INVALID', message);
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
