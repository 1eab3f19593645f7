/** @module What can go wrong while a repository is read. No message holds a credential. */
import { CodedError } from '../errors/coded-error.ts';

/**
 * Closed list. Only time can mend `GIT_UNREACHABLE`, `GIT_TIMEOUT`, `GIT_MIRROR_DAMAGED` and `GIT_FAILED`; the others stay until the
 * GitSync, its Secret, the repository or the installation changes.
 */
export type GitErrorCode =
  | 'GIT_URL_REFUSED'
  | 'GIT_CREDENTIALS_IN_URL'
  | 'GIT_CREDENTIALS_INVALID'
  | 'GIT_AUTH_REJECTED'
  | 'GIT_HOST_KEY_MISMATCH'
  | 'GIT_TLS_REJECTED'
  | 'GIT_REDIRECTED'
  | 'GIT_UNREACHABLE'
  | 'GIT_REPOSITORY_NOT_FOUND'
  | 'GIT_REF_INVALID'
  | 'GIT_REF_NOT_FOUND'
  | 'GIT_COMMIT_NOT_FOUND'
  | 'GIT_MERGE_CONFLICT'
  | 'GIT_PATH_OUTSIDE'
  | 'GIT_PATH_NOT_FOUND'
  | 'GIT_SYMLINK_OUTSIDE'
  | 'GIT_TREE_TOO_LARGE'
  | 'GIT_CONTENT_REFUSED'
  | 'GIT_SIGNATURE_INVALID'
  | 'GIT_SIGNERS_INVALID'
  | 'GIT_MIRROR_DAMAGED'
  | 'GIT_TIMEOUT'
  | 'GIT_MISSING'
  | 'GIT_FAILED';

/** A repository, a revision or a path of it could not be read. */
export class GitError extends CodedError<GitErrorCode> {}

/** The refusal of a repository that has more than is read. */
export function treeTooLarge(why: string, hint = 'choose a path with fewer files'): GitError {
  return new GitError('GIT_TREE_TOO_LARGE', `cannot read the repository: ${why}`, { hint });
}
