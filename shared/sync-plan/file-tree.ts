/**
 * @module The manifests of one revision, as bytes in memory. Whoever reads a source makes it; symbolic links are already resolved
 * inside the tree, and nothing here leads back to a disk.
 */
import type { KustomizationTree } from '../kustomization/kustomization-tree.ts';

/** One manifest file. */
export interface TreeFile {
  /** Path from the root of the repository, with forward slashes and no leading one. */
  readonly path: string;
  /** The content as committed. Files with equal content may share one array: readers never change it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Why a file of the revision could not be read. */
export type TreeProblemCode =
  | 'GIT_SYMLINK_OUTSIDE'
  | 'GIT_SYMLINK_BROKEN'
  | 'GIT_SUBMODULE'
  | 'GIT_FILE_TOO_LARGE'
  | 'GIT_FILE_NAME_REFUSED'
  | 'GIT_IGNORE_REFUSED'
  | 'KUSTOMIZATION_REFUSED';

/** A file that belongs to the revision and could not be read: while there is one, the revision is not complete. */
export interface TreeProblem {
  readonly file: string;
  /** Counted from 1; absent when the whole file is meant. */
  readonly line?: number;
  readonly code: TreeProblemCode;
  /** Lower case, without the file's name. */
  readonly message: string;
  readonly hint?: string;
}

/** Something below the path that is left out on purpose, and does not make the revision incomplete. */
export interface SkippedFile {
  readonly file: string;
  /** Lower case, without the file's name. */
  readonly reason: string;
}

/** The `.yaml`, `.yml` and `.json` files below one path of one commit, in ascending code unit order of their paths. */
export interface FileTree {
  /** Full commit id in hex; empty when the files are not of a commit, such as a local folder. */
  readonly commit: string;
  readonly files: readonly TreeFile[];
  readonly problems: readonly TreeProblem[];
  readonly skipped: readonly SkippedFile[];
  /** Set when the folder of the path holds a kustomization: what its build reads, in place of `files`, which are empty then. */
  readonly kustomization?: KustomizationTree;
  /** Set when all of this follows from the folder itself and the ignore files above it: no link and no kustomization leads elsewhere. */
  readonly isOfFolderAlone?: true;
}
