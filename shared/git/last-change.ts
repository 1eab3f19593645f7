/** @module Which commit touched a file last. It is asked of a mirror of commits and folders without files, fetched as deep as the answer needs, and no deeper. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { MirrorPlace } from './repository-mirrors.ts';

/** One question. */
export interface LastChangeQuery extends Omit<MirrorPlace, 'reference'> {
  /** Its folder. It is used for nothing else. */
  readonly mirror: string;
  readonly commit: string;
  /** From the root of the repository, as a file tree has it. */
  readonly file: string;
}

/** How many generations are fetched, round by round. */
const DEPTHS: readonly number[] = [50, 1_000];
const TIP = 'refs/signet/changes/tip';

/**
 * The newest commit up to `commit` that changed `file`; null when that is not within the last thousand, or when the server does not give the
 * commit out by its id.
 * @throws GitError
 */
export async function findLastChange(query: LastChangeQuery): Promise<string | null> {
  const { remote, mirror, commit, signal } = query;
  for (const history of DEPTHS) {
    const wants = [`+${commit}:${TIP}`];
    if ((await remote.fetch({ mirror, wants, history, withoutBlobs: true, signal })) !== 'done') return null;
    const change = await readLastChange(query);
    const cuts = (await readFile(path.join(mirror, 'shallow'), 'utf8').catch(() => '')).split('\n');
    // A commit at the cut looks as if it had made all of its files.
    if (change === null || !cuts.includes(change)) return change;
  }
  return null;
}

async function readLastChange({ git, mirror, commit, file, signal }: LastChangeQuery): Promise<string | null> {
  const args = ['--git-dir=.', '--literal-pathspecs', 'rev-list', '--max-count=1', commit, '--', file];
  const output = await git.read(args, { cwd: mirror, signal });
  return /^([0-9a-f]{40,64})\n$/.exec(output.toString('latin1'))?.[1] ?? null;
}
