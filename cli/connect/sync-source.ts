/** @module The files that a GitSync wants in the cluster: of its repository, fetched now with its own login, or of a local folder. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GitError } from '../../shared/git/errors.ts';
import { type GitCredentials, readGitCredentials } from '../../shared/git/git-credentials.ts';
import { openRepository } from '../../shared/git/open-repository.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Secret } from '../../shared/resources/secret.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import { resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import type { Cluster } from './cluster.ts';
import { readLocalTree } from './local-tree.ts';

/** Files and what they are a state of. */
export interface SyncSource {
  readonly tree: FileTree;
  /** For people: `main@sha1:…`, or the folder. */
  readonly revision: string;
}

/** The files of the folder `name` in place of the repository: it is the root of a checkout. @throws CliError `CLI_SOURCE_UNREADABLE` */
export function readLocalSource(session: Session, gitSync: GitSync, name: string): SyncSource {
  const tree = readLocalTree(resolvePath(session.io, name), gitSync.spec.source.path ?? '.', name);
  return { tree, revision: name };
}

/** The files of the commit that the repository's reference names now. Nothing of it stays on this machine. @throws GitError, KubeError */
export async function fetchSource(
  session: Session,
  cluster: Cluster,
  gitSync: GitSync,
  policy: { readonly allowHttpGit?: boolean },
): Promise<SyncSource> {
  const { source } = gitSync.spec;
  const credentials = await readCredentials(cluster, gitSync);
  const cacheDirectory = await mkdtemp(path.join(tmpdir(), 'signet-plan-'));
  try {
    const repository = openRepository({
      url: source.url,
      cacheDirectory,
      tenant: 'cli',
      environment: session.io.env,
      allowHttp: policy.allowHttpGit === true,
      ...(credentials === null ? {} : { credentials }),
    });
    const { signal } = session.io;
    const { commit, revision } = await repository.resolve(source.ref ?? {}, { signal });
    return { tree: await repository.readTree(commit, source.path ?? '', { signal }), revision };
  } finally {
    await rm(cacheDirectory, { recursive: true, force: true });
  }
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
