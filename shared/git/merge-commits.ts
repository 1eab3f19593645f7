/**
 * @module Merges two commits by git's own rules, without a work tree, into a commit that exists in one mirror only. A merge takes the histories of
 * both sides and their files, so all of that is fetched.
 */
import { listSome } from '../encoding/list-some.ts';
import { GitError } from './errors.ts';
import type { FetchResult } from './remote.ts';
import type { MirrorPlace } from './repository-mirrors.ts';

/** One side of a merge. */
export interface MergeSide {
  readonly commit: string;
  /** Full name of a reference that leads to it, for servers that serve references only. */
  readonly reference: string | undefined;
}

/** One merge. */
export interface MergeRequest extends Omit<MirrorPlace, 'reference'> {
  /** Its folder. It is used for nothing else. */
  readonly mirror: string;
  readonly base: MergeSide;
  readonly head: MergeSide;
}

/** Of nobody and of no time, so that the same merge is the same commit. */
const NOBODY = 'signet <signet@localhost> 0 +0000';

/**
 * The id of a commit with the files of `head` merged into `base`.
 * @throws GitError `GIT_MERGE_CONFLICT`, `GIT_COMMIT_NOT_FOUND`, or that the remote cannot be read
 */
export async function mergeCommits(request: MergeRequest): Promise<string> {
  await fetchSide(request, request.base, 'base');
  await fetchSide(request, request.head, 'head');
  const { git, mirror, base, head, signal } = request;
  const lines = [
    `tree ${await mergeTrees(request)}`,
    `parent ${base.commit}`,
    `parent ${head.commit}`,
    `author ${NOBODY}`,
    `committer ${NOBODY}`,
    '',
    'merge',
    '',
  ];
  const args = ['--git-dir=.', 'hash-object', '-t', 'commit', '-w', '--stdin'];
  return (await git.read(args, { cwd: mirror, signal, stdin: lines.join('\n') })).toString('latin1').trim();
}

async function fetchSide({ git, remote, mirror, signal }: MergeRequest, side: MergeSide, name: string): Promise<void> {
  const fetch = (want: string): Promise<FetchResult> =>
    remote.fetch({ mirror, wants: [`+${want}:refs/signet/merge/${name}`], history: 'whole', signal });
  const result = await fetch(side.commit);
  if (result === 'refused' && side.reference !== undefined) await fetch(side.reference);
  const found = await git.run(['--git-dir=.', 'cat-file', '-t', side.commit], { cwd: mirror, signal });
  if (found.exitCode === 0 && found.stdout.toString('latin1').trim() === 'commit') return;
  throw new GitError('GIT_COMMIT_NOT_FOUND', `cannot fetch commit ${side.commit}: the server does not give it out`);
}

async function mergeTrees({ git, mirror, base, head, signal }: MergeRequest): Promise<string> {
  const options = ['--write-tree', '--name-only', '--no-messages', '-z'];
  const args = ['--git-dir=.', 'merge-tree', ...options, base.commit, head.commit];
  const outcome = await git.run(args, { cwd: mirror, signal });
  const [tree = '', ...files] = outcome.stdout.toString('utf8').split('\0');
  if (outcome.exitCode === 0) return tree.trim();
  if (outcome.exitCode === 1) throw conflict(`both sides changed ${nameFiles(files)}`);
  if (/unrelated histories/i.test(outcome.stderr)) throw conflict('their histories have no commit in common');
  throw new GitError('GIT_FAILED', 'cannot merge the commits: git merge-tree failed', {
    hint: 'a merge takes git 2.38 or newer',
  });
}

function nameFiles(files: readonly string[]): string {
  const names = [...new Set(files.filter((file) => file !== ''))];
  return listSome(names.map((name) => JSON.stringify(name)));
}

function conflict(why: string): GitError {
  return new GitError('GIT_MERGE_CONFLICT', `cannot merge the commits: ${why}`, {
    hint: 'mend it in the repository first',
  });
}
