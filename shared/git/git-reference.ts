/** @module A GitSync's reference as the full name that the remote is asked for, and the remote's answer as a commit. */
import type { GitReference } from '../resources/git-sync.ts';
import { GitError } from './errors.ts';
import type { ResolvedRevision } from './git-repository.ts';

/** What the remote is asked for. */
export type ReferenceQuery =
  | { readonly kind: 'commit'; readonly commit: string }
  | { readonly kind: 'head' | 'branch' | 'tag'; readonly name: string; readonly fullName: string };

const MAX_LENGTH = 1024;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * The query for `reference`.
 * @throws GitError `GIT_REF_INVALID` for several fields at once, or a name that git allows for no reference
 */
export function toReferenceQuery(reference: GitReference): ReferenceQuery {
  const { branch, tag, commit } = reference;
  const given = [branch, tag, commit].filter((value) => value !== undefined && value !== '');
  if (given.length > 1) throw invalid('branch, tag and commit exclude each other');
  if (commit !== undefined && commit !== '') return { kind: 'commit', commit: assertCommitId(commit) };
  if (branch) return { kind: 'branch', name: branch, fullName: `refs/heads/${assertRefName('branch', branch)}` };
  if (tag) return { kind: 'tag', name: tag, fullName: `refs/tags/${assertRefName('tag', tag)}` };
  return { kind: 'head', name: 'HEAD', fullName: 'HEAD' };
}

/** `commit` in lower case. @throws GitError `GIT_REF_INVALID` when it is no full commit id */
export function assertCommitId(commit: string): string {
  const id = commit.toLowerCase();
  if (COMMIT.test(id)) return id;
  throw invalid(`commit ${quote(commit)} is not a full commit id of 40 or 64 hex digits`);
}

/** The revision text of `commit`: `name@sha1:<commit>`, or without a name for a pinned commit. */
export function toRevision(commit: string, name?: string): ResolvedRevision {
  const id = `${commit.length === 64 ? 'sha256' : 'sha1'}:${commit}`;
  return { commit, revision: name === undefined ? id : `${name}@${id}` };
}

/** The revision that `output` of `git ls-remote --symref` answers to `query`, or null when it does not hold the reference. */
export function parseRemoteReferences(
  output: string,
  query: Exclude<ReferenceQuery, { kind: 'commit' }>,
): ResolvedRevision | null {
  const values = new Map<string, string>();
  const targets = new Map<string, string>();
  for (const line of output.split('\n')) {
    const [value = '', name = ''] = line.split('\t');
    if (value.startsWith('ref: ')) targets.set(name, value.slice('ref: '.length));
    else if (COMMIT.test(value)) values.set(name, value);
  }
  // An annotated tag is an object of its own; the peeled entry is the commit that it names.
  const commit = values.get(`${query.fullName}^{}`) ?? values.get(query.fullName);
  if (commit === undefined) return null;
  if (query.kind !== 'head') return toRevision(commit, query.name);
  return toRevision(commit, targets.get('HEAD')?.replace(/^refs\/heads\//, '') ?? 'HEAD');
}

/** Git's own rules for reference names; what passes is safe inside of a refspec and as an ls-remote pattern. */
function assertRefName(kind: 'branch' | 'tag', name: string): string {
  const isRefused =
    name.length > MAX_LENGTH ||
    /[\p{Cc} ~^:?*[\\]/u.test(name) ||
    /^[-/]|\/$|\/\/|\.\.|@\{|\.$/.test(name) ||
    name === '@' ||
    name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (isRefused) throw invalid(`${kind} ${quote(name)} is not a name that git allows`);
  return name;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function invalid(why: string): GitError {
  return new GitError('GIT_REF_INVALID', `cannot resolve the reference: ${why}`);
}
