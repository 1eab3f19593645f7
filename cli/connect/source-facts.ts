/** @module What the repository of a GitSync says of the commit that is in force: where it stands in the history, how it is signed, what it renders. */
import { GitError } from '../../shared/git/errors.ts';
import { commitOf } from '../../shared/git/git-reference.ts';
import type { GitRepository } from '../../shared/git/git-repository.ts';
import type { Known, RenderFacts, SourceFacts, TipFacts } from '../../shared/opengitops/facts.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { Session } from '../terminal/session.ts';
import type { Cluster } from './cluster.ts';
import { known } from './known.ts';
import { kustomizeBuilder } from './kustomize.ts';
import { previewTree } from './preview-tree.ts';
import { toRenderFacts } from './render-facts.ts';
import { assertSigned, withRepository } from './sync-source.ts';

/** What is looked at. */
export interface FactsRequest {
  readonly session: Session;
  readonly cluster: Cluster;
  readonly gitSync: GitSync;
  readonly allowHttpGit: boolean;
  /** The program that builds kustomizations; absent: the one on the PATH. */
  readonly kustomize?: string;
}

/** Both halves of what Git says. */
export interface GitFacts {
  readonly source: Known<SourceFacts>;
  readonly rendered: Known<RenderFacts>;
}

/** Of a GitSync that writes to another cluster: the objects of this one say nothing about it. */
export const ELSEWHERE = {
  why: 'its objects are in another cluster, by spec.kubeConfig, and only this one is looked at',
};

const NOTHING = { why: 'nothing was applied yet' };

/** Reads the repository once, into a folder that is removed. @throws KubeError when the cluster is out of reach */
export async function readGitFacts(request: FactsRequest): Promise<GitFacts> {
  const { session, cluster, gitSync, allowHttpGit } = request;
  const { signal } = session.io;
  const opened = { session, cluster, gitSync, choice: { allowHttpGit } };
  const facts = await known(signal, () =>
    withRepository(opened, async (repository): Promise<GitFacts> => {
      const source = await readSource(request, repository);
      return { source: { value: source }, rendered: await readRendered(request, repository, source) };
    }),
  );
  return 'why' in facts ? { source: facts, rendered: facts } : facts.value;
}

async function readSource(request: FactsRequest, repository: GitRepository): Promise<SourceFacts> {
  const { session, gitSync } = request;
  const { signal } = session.io;
  const applied = commitOf(gitSync.status?.lastAppliedRevision);
  const tip = await known(signal, () => readTip(gitSync, repository, signal));
  if (applied === null) return { tip, hasApplied: NOTHING };
  const hasApplied = await known(signal, () => hasCommit(repository, applied, signal));
  const { ref = {}, verify } = gitSync.spec.source;
  const isBranch = ref.tag === undefined && ref.semver === undefined && ref.commit === undefined;
  const relation = isBranch
    ? 'why' in tip
      ? tip
      : await known(signal, () => repository.compareHistory(applied, tip.value.commit, { signal }))
    : null;
  const signature = verify === undefined ? null : await known(signal, () => isSigned(request, repository, applied));
  return {
    tip,
    hasApplied,
    ...(relation !== null && { relation }),
    ...(signature !== null && { signature }),
  };
}

async function readTip(gitSync: GitSync, repository: GitRepository, signal: AbortSignal): Promise<TipFacts> {
  const { commit, revision } = await repository.resolve(gitSync.spec.source.ref ?? {}, { signal });
  const { committedAt } = await repository.readCommit(commit, { signal });
  return { commit, revision, committedMs: committedAt * 1000 };
}

async function hasCommit(repository: GitRepository, commit: string, signal: AbortSignal): Promise<boolean> {
  try {
    await repository.readCommit(commit, { signal });
    return true;
  } catch (error) {
    if (error instanceof GitError && error.code === 'GIT_COMMIT_NOT_FOUND') return false;
    throw error;
  }
}

/** Of a tag only while the reference still leads to the commit: which tag it was under is not recorded. */
async function isSigned(
  { session, cluster, gitSync, allowHttpGit }: FactsRequest,
  repository: GitRepository,
  applied: string,
): Promise<boolean> {
  const { signal } = session.io;
  const { ref = {} } = gitSync.spec.source;
  const now = await repository.resolve(ref, { signal });
  const revision = now.commit === applied ? now : { commit: applied, revision: applied };
  try {
    await assertSigned({ session, cluster, gitSync, choice: { allowHttpGit } }, repository, revision);
    return true;
  } catch (error) {
    if (error instanceof GitError && error.code === 'GIT_SIGNATURE_INVALID') return false;
    throw error;
  }
}

async function readRendered(
  { session, cluster, gitSync, kustomize }: FactsRequest,
  repository: GitRepository,
  { hasApplied }: SourceFacts,
): Promise<Known<RenderFacts>> {
  const applied = commitOf(gitSync.status?.lastAppliedRevision);
  if (applied === null) return NOTHING;
  if ('value' in hasApplied && !hasApplied.value) return { why: `the source does not have commit ${applied} any more` };
  if (gitSync.spec.kubeConfig !== undefined) return ELSEWHERE;
  const { signal } = session.io;
  const { path = '', ignore = [] } = gitSync.spec.source;
  return known(signal, async () => {
    const tree = await repository.readTree(applied, path, { signal, ignore });
    const build = kustomizeBuilder(session, kustomize);
    return toRenderFacts(await previewTree(cluster, gitSync, tree, { commit: applied, build }));
  });
}
