/** @module The tree object of a path, also when the path leads over symbolic links. A path that is not there is an error, never empty. */
import { GitError, type GitErrorCode } from './errors.ts';
import { readLinkTexts } from './fetch-blobs.ts';
import { type Resolution, TreeIndex } from './tree-index.ts';
import type { OpenTreeRead } from './tree-read.ts';

/** A folder of the commit. */
export interface FoundFolder {
  /** Object id, or an expression that names the tree. */
  readonly tree: string;
  /** Its path without links. */
  readonly folder: string;
}

/**
 * The folder that the read is about; null when the server does not give out a link on the way.
 * @throws GitError `GIT_PATH_NOT_FOUND`, `GIT_SYMLINK_OUTSIDE`
 */
export async function findFolder(read: OpenTreeRead): Promise<FoundFolder | null> {
  const { store, commit, folder, limits } = read;
  if (folder === '') return { tree: `${commit}^{tree}`, folder };
  const tree = await store.findTree(commit, folder);
  if (tree !== null) return { tree, folder };
  const index = new TreeIndex(await store.listCommit(commit, limits.maxCommitEntries));
  const linkTexts = new Map<string, string>();
  for (;;) {
    const target = index.resolve(folder, linkTexts);
    if (target.kind !== 'unread') return toFolder(target, read);
    if (!(await readLinkTexts(read, [target.oid], linkTexts))) return null;
  }
}

function toFolder(target: Exclude<Resolution, { kind: 'unread' }>, { commit, folder }: OpenTreeRead): FoundFolder {
  switch (target.kind) {
    case 'root':
      return { tree: `${commit}^{tree}`, folder: '' };
    case 'found':
      if (target.entry.kind === 'folder') return { tree: target.entry.oid, folder: target.entry.path };
      if (target.entry.kind === 'submodule')
        throw fail(folder, commit, 'GIT_PATH_NOT_FOUND', 'it is a submodule, and those are not read');
      throw fail(folder, commit, 'GIT_PATH_NOT_FOUND', 'it is a file, and a folder is needed');
    case 'outside':
      throw fail(folder, commit, 'GIT_SYMLINK_OUTSIDE', 'it is a symbolic link that leaves the repository');
    case 'loop':
      throw fail(folder, commit, 'GIT_SYMLINK_OUTSIDE', 'it is a symbolic link that leads back to itself');
    case 'missing':
      throw fail(folder, commit, 'GIT_PATH_NOT_FOUND', 'there is no such folder');
  }
}

function fail(folder: string, commit: string, code: GitErrorCode, why: string): GitError {
  return new GitError(code, `cannot read path "${folder}" of commit ${commit.slice(0, 12)}: ${why}`);
}
