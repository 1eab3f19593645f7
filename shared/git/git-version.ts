/** @module Whether there is a git program that is new enough. */
import { GitError } from './errors.ts';
import type { GitVariables } from './git-environment.ts';
import { GitRunner } from './git-runner.ts';

/** The oldest git that has all that this folder uses. */
export const OLDEST_GIT = '2.36';

/**
 * The version of the git program on the PATH of `variables`, such as `2.39.5`. Meant for the start of a program, so that a missing
 * git is told before the first repository needs it.
 * @throws GitError `GIT_MISSING` when there is none, or only one older than {@link OLDEST_GIT}
 */
export async function readGitVersion(variables: GitVariables, timeoutMs = 10_000): Promise<string> {
  const outcome = await new GitRunner(variables, timeoutMs).run(['--version'], { cwd: '/' });
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
