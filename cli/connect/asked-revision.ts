/** @module Which commit a person means by a word: HEAD, a branch, a tag, a full commit id or a full name of a reference. */
import { GitError } from '../../shared/git/errors.ts';
import type { AskedReference, GitRepository, ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { GitReference } from '../../shared/resources/git-sync.ts';
import { usageError } from '../terminal/errors.ts';

/** The commit that `revision` means, or without one what `followed` names. @throws CliError `CLI_USAGE` for no word at all; GitError `GIT_REF_NOT_FOUND` and others */
export async function resolveAsked(
  repository: GitRepository,
  followed: GitReference,
  revision: string | undefined,
  signal: AbortSignal,
): Promise<ResolvedRevision> {
  if (revision === undefined) return repository.resolve(followed, { signal });
  if (revision === '') throw usageError('cannot read an empty revision', 'leave it out for what the GitSync follows');
  let missing: unknown;
  for (const reference of readReferences(revision)) {
    try {
      return await repository.resolve(reference, { signal });
    } catch (error) {
      if (!(error instanceof GitError) || error.code !== 'GIT_REF_NOT_FOUND') throw error;
      missing = error;
    }
  }
  throw revisionNotFound(revision, missing);
}

/** What `revision` may name. Without `refs/` it is a branch before it is a tag, as for git itself when it checks one out. */
function readReferences(revision: string): readonly AskedReference[] {
  if (revision === 'HEAD') return [{}];
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(revision)) return [{ commit: revision }];
  const [, area, name = ''] = /^refs\/(heads|tags)\/(.+)$/.exec(revision) ?? [];
  if (area !== undefined) return [area === 'heads' ? { branch: name } : { tag: name }];
  return revision.startsWith('refs/') ? [{ name: revision }] : [{ branch: revision }, { tag: revision }];
}

function revisionNotFound(revision: string, cause: unknown): GitError {
  const isShort = /^[0-9a-f]{4,63}$/i.test(revision);
  const hint = isShort
    ? 'a commit is given by its full id: a server is not asked for a part of one'
    : 'give a branch, a tag, a full commit id, or a full name such as refs/pull/7/merge';
  return new GitError('GIT_REF_NOT_FOUND', `cannot find revision ${JSON.stringify(revision)}`, { cause, hint });
}

/** Both sides of `BASE..HEAD`; two dots are in no name of a reference. BASE may be empty. @throws CliError `CLI_USAGE` */
export function readMergeSides(text: string): readonly [base: string | undefined, head: string] {
  const [base = '', head = '', more] = text.split('..');
  if (head === '' || head.startsWith('.') || more !== undefined) {
    throw usageError(`cannot read --merge ${JSON.stringify(text)}`, 'write it as BASE..HEAD, such as main..feature');
  }
  return [base === '' ? undefined : base, head];
}
