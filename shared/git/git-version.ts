/** @module Whether there is a git program that is new enough. */
import { GitError } from './errors.ts';
import type { GitRunner } from './git-runner.ts';

/** The oldest git that has all that this folder uses. */
const OLDEST_GIT = '2.36';

/**
 * The version of the git program that `git` runs, such as `2.39.5`. To be asked before anything else: an older git ignores some of
 * the settings by which it is kept from networks, redirects and helpers.
 * @throws GitError `GIT_MISSING` when there is none, or only one older than {@link OLDEST_GIT}
 */
export async function readGitVersion(git: Pick<GitRunner, 'run'>): Promise<string> {
  const outcome = await git.run(['--version'], { cwd: '/' });
  const version = /^git version (\d+(?:\.\d+)+)/.exec(outcome.stdout.toString('utf8'))?.[1];
  if (outcome.exitCode !== 0 || version === undefined) {
    throw new GitError('GIT_MISSING', 'cannot use the program "git" on the PATH: it does not tell its version');
  }
  if (compareVersions(version, OLDEST_GIT) < 0) {
    throw new GitError('GIT_MISSING', `cannot use git ${version}: it is older than ${OLDEST_GIT}`, {
      hint: 'install a newer git',
    });
  }
  return version;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const major = (left?.[0] ?? 0) - (right?.[0] ?? 0);
  return major !== 0 ? major : (left?.[1] ?? 0) - (right?.[1] ?? 0);
}
