/** @module What the sync engine needs of a Git repository; the real one is made by `openRepository`. */
import type { GitReference } from '../resources/git-sync.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';

/** A reference, resolved to the commit that it named at one moment. */
export interface ResolvedRevision {
  /** Full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
  readonly commit: string;
  /** For people and status: `main@sha1:<commit>`, `v1.2@sha1:<commit>`, `sha1:<commit>` for a pinned one; `sha256:` likewise. */
  readonly revision: string;
}

/** What may accompany a call. */
export interface GitCallOptions {
  /** Ends the call, and the programs that it started, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A repository that can be read. Calls may run at once; those that need the same mirror wait for each other. */
export interface GitRepository {
  /** The address as it may be shown: without credentials. */
  readonly url: string;

  /**
   * Asks the remote what `reference` names now (its HEAD for an empty reference). A commit is taken as given, without asking.
   * @throws GitError `GIT_REF_INVALID`, `GIT_REF_NOT_FOUND`, or that the remote cannot be read
   */
  resolve(reference: GitReference, options?: GitCallOptions): Promise<ResolvedRevision>;

  /**
   * The manifests below `path` (a folder; `.`, `./` and empty text are the root) of `commit`. Fetches only what the mirror lacks:
   * a commit and path that were read before need no network. Single unreadable files are in `problems`; a missing path is an error
   * and never an empty tree.
   * @throws GitError `GIT_COMMIT_NOT_FOUND`, `GIT_PATH_NOT_FOUND`, `GIT_PATH_OUTSIDE`, `GIT_TREE_TOO_LARGE`, or that the remote cannot be read
   */
  readTree(commit: string, path: string, options?: GitCallOptions): Promise<FileTree>;
}
