/** @module Notices that a branch was rewritten: its new tip does not follow from what was applied last. Such a tip waits until a person accepts it. */
import { MAX_HISTORY_DEPTH } from '../../shared/git/compare-history.ts';
import { commitOf } from '../../shared/git/git-reference.ts';
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { ACCEPT_REWRITE_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { RefusedError } from '../git-syncs/sync-refusal.ts';
import type { OpenSource } from './source-reader.ts';

/** The history of a repository, as far as it is asked for. */
export type HistorySource = Pick<OpenSource, 'readCommit' | 'compareHistory'>;

/**
 * Lets `revision` through when it follows from the commit that was applied last from the same branch of the same repository, when it is accepted by
 * annotation, or when there is nothing to compare it with: tags, ranges and commits may go anywhere, and so does a changed source.
 * @throws RefusedError `HistoryRewritten`, naming both commits; GitError when the history cannot be read
 */
export async function assertNotRewritten(
  gitSync: GitSync,
  source: HistorySource,
  revision: ResolvedRevision,
): Promise<void> {
  const { lastAppliedRevision, lastAppliedSource } = gitSync.status ?? {};
  const applied = commitOf(lastAppliedRevision);
  const { commit } = revision;
  if (applied === null || applied === commit || !isBranch(gitSync) || lastAppliedSource !== describeSource(gitSync))
    return;
  if (annotationOf(gitSync.metadata, ACCEPT_REWRITE_ANNOTATION) === commit) return;
  // The usual case, one commit on top of the other, needs no look at the history.
  if ((await source.readCommit(commit)).parents.includes(applied)) return;
  const relation = await source.compareHistory(applied, commit);
  if (relation === 'descendant') return;
  const what =
    relation === 'rewritten'
      ? 'the history was rewritten'
      : `the history may have been rewritten (${MAX_HISTORY_DEPTH} generations were looked at)`;
  const { namespace = '', name = '' } = gitSync.metadata;
  const message =
    `${what}: commit ${commit} of ${revision.revision.split('@')[0]} does not follow from ${applied}, which was applied last and stays in force; ` +
    `to accept it: kubectl annotate --overwrite gitsync -n ${namespace} ${name} ${ACCEPT_REWRITE_ANNOTATION}=${commit}`;
  throw new RefusedError({ reason: 'HistoryRewritten', outlook: 'poll', message, failures: [] });
}

/** The repository and reference of `gitSync` as one text, for `status.lastAppliedSource`. */
export function describeSource({ spec }: GitSync): string {
  const { url, ref = {} } = spec.source;
  const { branch, tag, semver, commit } = ref;
  const words: readonly (readonly [string, string | undefined])[] = [
    ['branch', branch],
    ['tag', tag],
    ['semver', semver],
    ['commit', commit],
  ];
  const [kind, value] = words.find(([, text]) => text !== undefined && text !== '') ?? ['HEAD', ''];
  return `${url} ${kind} ${value}`.trimEnd();
}

function isBranch({ spec }: GitSync): boolean {
  const { tag, semver, commit } = spec.source.ref ?? {};
  return !tag && !semver && !commit;
}
