/** @module What the sync engine needs of a Git repository; the real one is made by `openRepository`. */
import type { GitReference } from '../resources/git-sync.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';
import type { HistoryRelation } from './compare-history.ts';
import type { CommitDescription } from './read-commit.ts';
import type { SignatureMode, Signers } from './signers.ts';

/** A reference, resolved to the commit that it named at one moment. */
export interface ResolvedRevision {
  /** Full commit id: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
  readonly commit: string;
  /** For people and status: `main@sha1:<commit>`, `v1.2@sha1:<commit>`, `sha1:<commit>` for a pinned one; `sha256:` likewise. */
  readonly revision: string;
  /** For a tag: its name, and the object of an annotated one; null for a tag that is just a name for a commit. */
  readonly tag?: { readonly name: string; readonly object: string | null };
}

/** A reference as people may ask for it once, beside what a GitSync can follow. */
export interface AskedReference extends GitReference {
  /** A full name outside of branches and tags, such as `refs/pull/7/merge`; excludes the other fields. */
  readonly name?: string;
}

/** What may accompany a call. */
export interface GitCallOptions {
  /** Ends the call, and the programs that it started, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What may accompany a read of a tree. */
export interface ReadTreeOptions extends GitCallOptions {
  /** Patterns as in a gitignore file, relative to the root, of what to leave out; they count before those of `.signetignore` files. */
  readonly ignore?: readonly string[];
  /**
   * Paths that others are about to read of the same commit: what the mirror lacks of them comes with what it lacks of this one, as far as that is not
   * much. Asked only when there is something to fetch. Default: none.
   */
  readonly alongside?: () => readonly string[];
}

/** What may be signed: a commit, and the tag that led to it. */
export type SignedRevision = Pick<ResolvedRevision, 'commit' | 'tag'>;

/** Whose signature of what is asked for. */
export interface SignatureRequest {
  readonly mode: SignatureMode;
  readonly signers: Signers;
}

/** A repository that can be read. Calls may run at once; those that need the same mirror wait for each other. */
export interface GitRepository {
  /** The address as it may be shown: without credentials. */
  readonly url: string;

  /**
   * Asks the remote what `reference` names now (its HEAD for an empty reference). A commit is taken as given, without asking.
   * @throws GitError `GIT_REF_INVALID`, `GIT_REF_NOT_FOUND`, or that the remote cannot be read
   */
  resolve(reference: AskedReference, options?: GitCallOptions): Promise<ResolvedRevision>;

  /**
   * The manifests below `path` (a folder; `.`, `./` and empty text are the root) of `commit`. Fetches only what the mirror lacks:
   * a commit and path that were read before need no network. Single unreadable files are in `problems`; a missing path is an error
   * and never an empty tree.
   * @throws GitError `GIT_COMMIT_NOT_FOUND`, `GIT_PATH_NOT_FOUND`, `GIT_PATH_OUTSIDE`, `GIT_TREE_TOO_LARGE`, or that the remote cannot be read
   */
  readTree(commit: string, path: string, options?: ReadTreeOptions): Promise<FileTree>;

  /**
   * Whether `path` is a folder that holds the same in both commits, the ignore files above it included; false where that cannot be told, as
   * behind a link. Needs no network for commits that the mirror has.
   * @throws GitError as `readTree` does
   */
  isSameFolder(before: string, after: string, path: string, options?: GitCallOptions): Promise<boolean>;

  /**
   * The manifests as {@link readTree} reads them, of `head` merged into `base` by git's own rules. Both are full commit ids. It fetches both
   * histories with all files, as far as the cache lacks them.
   * @throws GitError `GIT_MERGE_CONFLICT`, `GIT_COMMIT_NOT_FOUND`, and as `readTree` does
   */
  readMerge(base: string, head: string, path: string, options?: ReadTreeOptions): Promise<FileTree>;

  /**
   * What `commit` says of itself. Needs no network when the mirror has it.
   * @throws GitError `GIT_COMMIT_NOT_FOUND`, or that the remote cannot be read
   */
  readCommit(commit: string, options?: GitCallOptions): Promise<CommitDescription>;

  /**
   * Returns when `revision` is signed as `request` asks for. Fetches what it needs, and reads no file.
   * @throws GitError `GIT_SIGNATURE_INVALID`, `GIT_SIGNERS_INVALID`, `GIT_MISSING`, or that the remote cannot be read
   */
  verifySignature(revision: SignedRevision, request: SignatureRequest, options?: GitCallOptions): Promise<void>;

  /**
   * Whether `ancestor` is in the history of `descendant`, which is fetched as deep as the answer needs; `unknown` when that is deeper than
   * `MAX_HISTORY_DEPTH`. What was answered once is remembered.
   * @throws GitError that the remote cannot be read
   */
  compareHistory(ancestor: string, descendant: string, options?: GitCallOptions): Promise<HistoryRelation>;

  /**
   * The newest commit up to `commit` that changed `file`, a path from the root; null when that lies too far back.
   * @throws GitError that the remote cannot be read
   */
  findLastChange(commit: string, file: string, options?: GitCallOptions): Promise<string | null>;
}
