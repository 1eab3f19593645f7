/** @module Versioned and Immutable: what is applied is one commit, and its history cannot be changed unnoticed. */
import type { GitReference } from '../resources/git-sync.ts';
import { ACCEPT_REWRITE_ANNOTATION } from '../resources/names.ts';
import { annotationOf } from '../resources/object-meta.ts';
import type { GitSyncFacts, SourceFacts } from './facts.ts';
import { type Answer, type Finding, findingOf, whenKnown } from './finding.ts';

/** The answers to the questions of the second principle. */
export function judgeVersioned(facts: GitSyncFacts): readonly Finding[] {
  return [
    findingOf('commit', judgeCommit(facts)),
    findingOf('history', judgeHistory(facts)),
    findingOf('reference', judgeReference(facts)),
    findingOf('signatures', judgeSignatures(facts)),
  ];
}

function judgeCommit({ applied, gitSync: { status } }: GitSyncFacts): Answer {
  const revision = status?.lastAppliedRevision;
  if (revision === undefined) return ['fail', 'nothing was applied yet'];
  return applied === null ? ['fail', `${revision} names no commit`] : ['pass', `${revision} is applied`];
}

function judgeHistory({ applied, source }: GitSyncFacts): Answer {
  if (applied === null) return ['unknown', 'nothing was applied yet'];
  return whenKnown(source, ({ hasApplied, relation, tip }) =>
    whenKnown(hasApplied, (isThere) => {
      if (!isThere) return ['fail', `the source does not have commit ${applied} any more`];
      if (relation === undefined) return ['pass', `the source gives commit ${applied} out`];
      return whenKnown(relation, (how) => judgeRelation(how, applied, tip));
    }),
  );
}

function judgeRelation(
  relation: 'descendant' | 'rewritten' | 'unknown',
  applied: string,
  tip: SourceFacts['tip'],
): Answer {
  const followed = describeTip(tip);
  if (relation === 'descendant') return ['pass', `commit ${applied} is in the history of ${followed}`];
  if (relation === 'unknown')
    return ['unknown', `the history of ${followed} is too long to look for commit ${applied}`];
  return ['fail', `the history was rewritten: commit ${applied} is not in that of ${followed}`];
}

function describeTip(tip: SourceFacts['tip']): string {
  return 'why' in tip ? 'what is followed' : tip.value.revision;
}

function judgeReference({ gitSync: { metadata, spec }, applied }: GitSyncFacts): Answer {
  const { ref = {}, verify } = spec.source;
  const accepted = annotationOf(metadata, ACCEPT_REWRITE_ANNOTATION);
  if (applied !== null && accepted === applied)
    return ['warn', `somebody accepted a rewritten history at commit ${applied}`];
  if (ref.commit !== undefined) return ['pass', 'a commit is followed, which never changes'];
  if (ref.tag === undefined && ref.semver === undefined) {
    return ['pass', `${describeBranch(ref)} is followed; a tip without the applied commit in its history is refused`];
  }
  const what = ref.tag === undefined ? `tags in the range ${ref.semver}` : `tag ${ref.tag}`;
  if (verify === undefined || verify.mode === 'Head') {
    return ['warn', `${what} can be moved to any commit, and no signature of the tag is asked for`];
  }
  return ['pass', `${what} can be moved by who may sign it`];
}

function describeBranch({ branch }: GitReference): string {
  return branch === undefined ? 'HEAD' : `branch ${branch}`;
}

function judgeSignatures({ gitSync, source }: GitSyncFacts): Answer {
  const { verify } = gitSync.spec.source;
  if (verify === undefined) return ['warn', 'no signature is asked for: who may push decides alone'];
  return whenKnown(source, ({ signature = { why: 'nothing was applied yet' } }) =>
    whenKnown(signature, (isGood) =>
      isGood
        ? ['pass', `signatures are asked for (${verify.mode}), and the applied commit has a good one`]
        : ['fail', `signatures are asked for (${verify.mode}), and the applied commit has none that counts now`],
    ),
  );
}
