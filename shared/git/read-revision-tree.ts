/** @module Reads the files of a commit in the cheapest way that the server allows, and else with everything that it has. */
import type { FileTree } from '../sync-plan/file-tree.ts';
import { GitError } from './errors.ts';
import { readTree } from './read-tree.ts';
import type { MirrorPlace } from './repository-mirrors.ts';
import type { TreeRead } from './tree-read.ts';

/** Which files of which commit. */
export type TreeWish = Pick<TreeRead, 'commit' | 'folder' | 'ignore' | 'alongside' | 'limits'> & {
  /** The repository, for messages. */
  readonly url: string;
};

/** The files that `wish` names, out of the mirror at `place` or fetched into it. `renew` empties the mirror. @throws GitError */
export async function readRevisionTree(
  place: MirrorPlace,
  { url, ...wish }: TreeWish,
  renew: () => Promise<void>,
): Promise<FileTree> {
  const tree = await readTree({ ...place, ...wish, contents: 'none' });
  if (tree !== null) return tree;
  await renew();
  const whole = await readTree({ ...place, ...wish, contents: 'whole' });
  if (whole === null) throw new GitError('GIT_FAILED', `cannot fetch the files of commit ${wish.commit} from ${url}`);
  return whole;
}
