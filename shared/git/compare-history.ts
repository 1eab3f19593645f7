/**
 * @module Whether one commit is in the history of another one. It is asked of a mirror that holds commits alone, without trees and files, so that a
 * long history costs little, and fetched only as deep as the answer needs.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { GitError } from './errors.ts';
import type { Remote } from './remote.ts';
import type { MirrorPlace } from './repository-mirrors.ts';

/** `unknown`: not within the commits that are looked at. */
export type HistoryRelation = 'descendant' | 'rewritten' | 'unknown';

/** One comparison. */
export interface HistoryQuery extends MirrorPlace {
  /** Its folder. It is used for nothing else. */
  readonly mirror: string;
  readonly ancestor: string;
  readonly descendant: string;
  /** Full name of the reference that leads to `descendant`, for servers that serve references only. */
  readonly reference: string | undefined;
}

/** How many generations are fetched, round by round. */
const DEPTHS: readonly number[] = [32, 1_000, 20_000];
const TIP = 'refs/signet/history/tip';

/** Most generations that {@link compareHistory} looks at. */
export const MAX_HISTORY_DEPTH = 20_000;

/**
 * Whether `ancestor` is in the history of `descendant`. A commit that the server no longer has is in no history.
 * @throws GitError that the remote cannot be read
 */
export async function compareHistory(query: HistoryQuery): Promise<HistoryRelation> {
  for (const depth of DEPTHS) {
    await fetchHistory(query, depth);
    if (await isAncestor(query)) return 'descendant';
    if (!(await isCut(query))) return 'rewritten';
  }
  return 'unknown';
}

async function fetchHistory(query: HistoryQuery, depth: number): Promise<void> {
  const { remote, mirror, descendant, reference, signal } = query;
  const fetch = (want: string): ReturnType<Remote['fetch']> =>
    remote.fetch({ mirror, wants: [`+${want}:${TIP}`], history: depth, commitsOnly: true, signal });
  const result = await fetch(descendant);
  if (result === 'done') return;
  if (result === 'refused' && reference !== undefined && (await fetch(reference)) === 'done') return;
  throw new GitError(
    'GIT_COMMIT_NOT_FOUND',
    `cannot fetch the history of commit ${descendant}: the server does not give it out`,
  );
}

/** False also for a commit that the mirror does not have. */
async function isAncestor({ git, mirror, ancestor, descendant, signal }: HistoryQuery): Promise<boolean> {
  const args = ['--git-dir=.', 'merge-base', '--is-ancestor', ancestor, descendant];
  return (await git.run(args, { cwd: mirror, signal })).exitCode === 0;
}

/** Whether the history of the descendant goes on behind what was fetched. */
async function isCut({ git, mirror, descendant, signal }: HistoryQuery): Promise<boolean> {
  const shallow = await readFile(path.join(mirror, 'shallow'), 'utf8').catch(() => '');
  if (shallow.trim() === '') return false;
  const output = await git.read(['--git-dir=.', 'rev-list', descendant], { cwd: mirror, signal });
  const commits = new Set(output.toString('latin1').split('\n'));
  return shallow.split('\n').some((commit) => commit !== '' && commits.has(commit));
}
