/** @module Brings one commit into a mirror, in the cheapest way that the server allows. */
import { GitError } from './errors.ts';
import type { FetchResult } from './remote.ts';
import type { MirrorPlace } from './repository-mirrors.ts';

/** What is needed to bring one commit. */
export interface CommitFetch extends Omit<MirrorPlace, 'signal'> {
  readonly commit: string;
  /** `whole`: with the contents of files, for a server that gives them out in no other way. */
  readonly contents: 'none' | 'whole';
  readonly signal?: AbortSignal | undefined;
}

/** References keep what was fetched known to the next negotiation, so that only what changed is sent. */
const COMMITS = 'refs/signet/commits';

/**
 * Fetches `commit`, unless the mirror has it. First by its id, alone and without blobs; where the server serves no objects by id, by
 * its reference; and if that has moved, with the history of all branches and tags.
 * @throws GitError `GIT_COMMIT_NOT_FOUND` when it is in none of them
 */
export async function fetchCommit(fetch: CommitFetch): Promise<void> {
  if (await hasCommit(fetch)) return;
  const byId = await fetchById(fetch);
  if (byId === 'absent') throw commitNotFound(fetch.commit, 'the repository does not have it');
  if (byId === 'refused') await fetchFromReferences(fetch);
  if (!(await hasCommit(fetch)))
    throw commitNotFound(fetch.commit, 'it is not in the history of a branch or tag, or is no commit');
}

function fetchById({ remote, mirror, commit, contents, signal }: CommitFetch): Promise<FetchResult> {
  const wants = [`+${commit}:${COMMITS}/${commit}`];
  return remote.fetch({ mirror, wants, history: 'none', withoutBlobs: contents === 'none', signal });
}

/** Whole files come along: a server that refuses a commit by its id refuses a blob, too. */
async function fetchFromReferences(fetch: CommitFetch): Promise<void> {
  const { remote, mirror, reference, signal } = fetch;
  if (reference !== undefined) {
    const wants = [`+${reference}:${COMMITS}/latest`];
    await remote.fetch({ mirror, wants, history: 'none', signal });
    if (await hasCommit(fetch)) return;
  }
  const wants = ['+refs/heads/*:refs/signet/heads/*', '+refs/tags/*:refs/signet/tags/*'];
  await remote.fetch({ mirror, wants, history: 'whole', signal });
}

async function hasCommit({ git, mirror, commit, signal }: CommitFetch): Promise<boolean> {
  const outcome = await git.run(['--git-dir=.', 'cat-file', '-t', commit], { cwd: mirror, signal });
  return outcome.exitCode === 0 && outcome.stdout.toString('utf8').trim() === 'commit';
}

function commitNotFound(commit: string, why: string): GitError {
  return new GitError('GIT_COMMIT_NOT_FOUND', `cannot fetch commit ${commit}: ${why}`, {
    hint: 'was the branch rewritten? name a commit that is still in the repository',
  });
}
