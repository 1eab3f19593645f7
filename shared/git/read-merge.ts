/** @module Reads the files of one commit merged into another one. */
import type { FileTree } from '../sync-plan/file-tree.ts';
import { GitError } from './errors.ts';
import { type MergeSide, mergeCommits } from './merge-commits.ts';
import { readTree } from './read-tree.ts';
import type { MirrorPlace } from './repository-mirrors.ts';
import { NOBODY_ALONGSIDE, type TreeRead } from './tree-read.ts';

/** Which files of which merge. */
export type MergeWish = Pick<TreeRead, 'folder' | 'ignore' | 'limits'> & {
  readonly base: MergeSide;
  readonly head: MergeSide;
  /** The repository, for messages. */
  readonly url: string;
};

/** The files of `head` merged into `base`, in a mirror that is used for nothing else. @throws GitError `GIT_MERGE_CONFLICT` and others */
export async function readMerge(place: MirrorPlace, wish: MergeWish): Promise<FileTree> {
  const { base, head, folder, ignore, limits, url } = wish;
  const commit = await mergeCommits({ ...place, base, head });
  // The commit exists here only: no server has a reference to it.
  const read = { ...place, reference: undefined, commit, folder, ignore, alongside: NOBODY_ALONGSIDE, limits };
  const tree = await readTree({ ...read, contents: 'whole' });
  if (tree === null) throw new GitError('GIT_FAILED', `cannot fetch the files of both commits from ${url}`);
  return tree;
}
