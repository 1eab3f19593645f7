/** @module The files that a GitSync wants in the cluster: of its repository, fetched now with its own login, or of a local folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GitError } from '../../shared/git/errors.ts';
import { type GitCredentials, readGitCredentials } from '../../shared/git/git-credentials.ts';
import type { GitRepository, ResolvedRevision } from '../../shared/git/git-repository.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { readSigners } from '../../shared/git/signers.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import { usageError } from '../terminal/errors.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { readMergeSides, resolveAsked } from './asked-revision.ts';
import type { Cluster } from './cluster.ts';
import { readLocalTree } from './local-tree.ts';

/** Files and what they are a state of. */
export interface SyncSource {
  readonly tree: FileTree;
  /** For people: `main@sha1:…`, or the folder. */
  readonly revision: string;
}

/** How a source is fetched. */
export interface FetchChoice {
  readonly allowHttpGit?: boolean;
  /** A branch, a tag, a full commit id or a full name such as `refs/pull/7/merge`; default: what the GitSync is pinned to, or follows. */
  readonly revision?: string;
  /** `BASE..HEAD`, each as for `revision`: the files of HEAD merged into BASE, which is what the GitSync follows where it is empty. */
  readonly merge?: string;
}

/**
 * The files of the folder `name` in place of the repository. For a GitSync it is the root of a checkout, and the path of the GitSync is
 * looked for in it; without one, all of it counts. @throws CliError `CLI_USAGE` for no name at all, `CLI_SOURCE_UNREADABLE`
 */
export async function readLocalSource(session: Session, gitSync: GitSync | null, name: string): Promise<SyncSource> {
  // An empty name, as of a variable that is not set, would be the current folder.
  if (name === '') throw usageError('cannot read a folder without a name', 'write . for the current one');
  const tree = await readLocalTree(resolvePath(session.io, name), gitSync?.spec.source ?? {}, name);
  return { tree, revision: name };
}

/** The files of the commit that is asked for, that the GitSync is pinned to, or that its reference names now. Nothing of it stays on this machine. @throws GitError, KubeError */
export async function fetchSource(
  session: Session,
  cluster: Cluster,
  gitSync: GitSync,
  choice: FetchChoice,
): Promise<SyncSource> {
  const { source, pin } = gitSync.spec;
  const { signal } = session.io;
  const followed = pin === undefined ? (source.ref ?? {}) : { commit: pin.commit };
  const options = { signal, ignore: source.ignore ?? [] };
  return withRepository({ session, cluster, gitSync, choice }, async (repository) => {
    if (choice.merge === undefined) {
      const resolved = await resolveAsked(repository, followed, choice.revision, signal);
      // Another revision is asked about before it is merged, and often before it is signed.
      if (choice.revision === undefined)
        await assertSigned({ session, cluster, gitSync, choice }, repository, resolved);
      const { commit, revision } = resolved;
      return { tree: await repository.readTree(commit, source.path ?? '', options), revision };
    }
    const [base, head] = readMergeSides(choice.merge);
    const into = await resolveAsked(repository, source.ref ?? {}, base, signal);
    const what = await resolveAsked(repository, source.ref ?? {}, head, signal);
    const tree = await repository.readMerge(into.commit, what.commit, source.path ?? '', options);
    return { tree, revision: `${into.revision}..${what.revision}` };
  });
}

/** What {@link withRepository} opens. */
export interface RepositoryChoice {
  readonly session: Session;
  readonly cluster: Cluster;
  readonly gitSync: GitSync;
  readonly choice: Pick<FetchChoice, 'allowHttpGit'>;
}

/** Runs `task` with the repository of the GitSync, opened with its own login. Nothing of it stays on this machine. @throws GitError, KubeError */
export async function withRepository<Result>(
  { session, cluster, gitSync, choice }: RepositoryChoice,
  task: (repository: GitRepository) => Promise<Result>,
): Promise<Result> {
  const credentials = await readCredentials(cluster, gitSync);
  const cacheDirectory = await mkdtemp(path.join(tmpdir(), 'signet-plan-'));
  try {
    const repository = openRepository({
      url: gitSync.spec.source.url,
      cacheDirectory,
      tenant: 'cli',
      environment: session.io.env,
      allowHttp: choice.allowHttpGit === true,
      ...(credentials === null ? {} : { credentials }),
    });
    return await task(repository);
  } finally {
    await rm(cacheDirectory, { recursive: true, force: true });
  }
}

/** Returns when `revision` is signed as the GitSync asks for, or it asks for nothing. @throws GitError */
export async function assertSigned(
  { session, cluster, gitSync }: RepositoryChoice,
  repository: GitRepository,
  revision: ResolvedRevision,
): Promise<void> {
  const { verify } = gitSync.spec.source;
  if (verify === undefined) return;
  const { namespace = '' } = gitSync.metadata;
  const { name } = verify.secretRef;
  const secret = await cluster.client.get(SECRETS, { namespace, name });
  if (secret === null) {
    const message = `cannot use the signers in Secret ${namespace}/${name}: it does not exist`;
    throw new GitError('GIT_SIGNERS_INVALID', message);
  }
  const request = { mode: verify.mode, signers: readSigners(secret as Secret) };
  await repository.verifySignature(revision, request, { signal: session.io.signal });
}

async function readCredentials(cluster: Cluster, { metadata, spec }: GitSync): Promise<GitCredentials | null> {
  const name = spec.source.secretRef?.name;
  if (name === undefined) return null;
  const { namespace } = metadata;
  const secret = await cluster.client.get(SECRETS, { namespace, name });
  if (secret !== null) return readGitCredentials(secret as Secret);
  throw new GitError(
    'GIT_CREDENTIALS_INVALID',
    `cannot use Secret ${namespace ?? ''}/${name} for Git: it does not exist`,
  );
}
