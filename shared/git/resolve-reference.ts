/** @module What a reference names now, as the remote says. */
import { GitError } from './errors.ts';
import { findNewestTag, parseRemoteReferences, type ReferenceQuery } from './git-reference.ts';
import type { ResolvedRevision } from './git-repository.ts';
import type { Remote } from './remote.ts';

/** A question to a remote. */
export interface ReferenceQuestion {
  readonly remote: Remote;
  /** The repository, for messages. */
  readonly url: string;
  readonly signal: AbortSignal | undefined;
}

/** A revision, and the full name of the reference that led to it. */
export interface FoundReference {
  readonly resolved: ResolvedRevision;
  readonly reference: string;
}

/** Asks the remote for `query`. @throws GitError `GIT_REF_NOT_FOUND`, or that the remote cannot be read */
export async function resolveReference(
  question: ReferenceQuestion,
  query: Exclude<ReferenceQuery, { readonly kind: 'commit' }>,
): Promise<FoundReference> {
  const { remote, signal } = question;
  if (query.kind === 'semver') {
    const resolved = findNewestTag(await remote.listTags(signal), query.range);
    if (resolved === null) throw notFound(question, `tag in the range ${JSON.stringify(query.text)}`);
    return { resolved, reference: `refs/tags/${resolved.tag?.name ?? ''}` };
  }
  const { fullName } = query;
  const names = query.kind === 'tag' ? [fullName, `${fullName}^{}`] : [fullName];
  const resolved = parseRemoteReferences(await remote.listReferences(names, signal), query);
  if (resolved === null) throw notFound(question, fullName);
  return { resolved, reference: fullName };
}

function notFound({ url }: ReferenceQuestion, name: string): GitError {
  const why = name === 'HEAD' ? 'it has no HEAD; is it empty?' : `it has no ${name}`;
  return new GitError('GIT_REF_NOT_FOUND', `cannot resolve the reference in ${url}: ${why}`);
}
