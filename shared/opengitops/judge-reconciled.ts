/** @module Continuously Reconciled: the live objects are what the commit says, and are brought back to it. */
import { countOf } from '../encoding/count-of.ts';
import { conditionOf } from '../resources/conditions.ts';
import type { GitSync } from '../resources/git-sync.ts';
import type { GitSyncFacts, OwnedObjectFacts, ProbeFacts, RenderFacts } from './facts.ts';
import { type Answer, type Finding, findingOf, firstOf, whenKnown } from './finding.ts';
import { inWords } from './judge-pulled.ts';

/** The answers to the questions of the fourth principle. */
export function judgeReconciled({ gitSync, rendered, owned, probe }: GitSyncFacts): readonly Finding[] {
  return [
    findingOf('ready', judgeReady(gitSync)),
    findingOf('equal', whenKnown(rendered, judgeEqual)),
    findingOf('unsealed', whenKnown(owned, judgeUnsealed)),
    findingOf(
      'prune',
      whenKnown(owned, (objects) => judgePrune(gitSync, objects)),
    ),
    findingOf(
      'drift',
      whenKnown(owned, (objects) => judgeDrift(gitSync, objects)),
    ),
    findingOf('writers', whenKnown(owned, judgeWriters)),
    ...(probe === undefined ? [] : [findingOf('repair', judgeRepair(probe))]),
  ];
}

function judgeReady(gitSync: GitSync): Answer {
  const ready = conditionOf(gitSync, 'Ready');
  if (ready === undefined) return ['fail', 'it was never reconciled'];
  const said = `${ready.reason}: ${ready.message}`;
  if (ready.status === 'True') return ['pass', said];
  return ready.status === 'Unknown' ? ['warn', said] : ['fail', said];
}

function judgeEqual({ problems, differing, conflicts, uncompared, exempt, equal }: RenderFacts): Answer {
  if (problems.length > 0) return ['unknown', 'the files cannot be rendered'];
  const faults = [...differing, ...conflicts];
  if (faults.length > 0) return ['fail', ...firstOf(faults)];
  if (uncompared.length > 0) return ['unknown', ...firstOf(uncompared)];
  if (exempt.length > 0) return ['warn', ...firstOf(exempt)];
  return ['pass', `a dry run of ${countOf(equal, 'object')} would change nothing`];
}

function judgeUnsealed(owned: readonly OwnedObjectFacts[]): Answer {
  const sealed = owned.filter(({ notUnsealed }) => notUnsealed !== undefined);
  const closed = sealed.flatMap(({ name, notUnsealed }) => (notUnsealed ? [`${name}: ${notUnsealed}`] : []));
  if (closed.length > 0) return ['fail', ...firstOf(closed)];
  return ['pass', `${countOf(sealed.length, 'SealedSecret')}, none that is closed`];
}

function judgePrune({ spec }: GitSync, owned: readonly OwnedObjectFacts[]): Answer {
  if (spec.prune !== true) return ['fail', 'pruning is off: what leaves Git stays'];
  const kept = owned.filter(({ isKeptFromPruning }) => isKeptFromPruning).map(({ name }) => name);
  if (kept.length === 0) return ['pass', 'pruning is on'];
  return ['warn', 'pruning is on', ...firstOf(kept.map((name) => `${name} would stay, by annotation`))];
}

/** Drift is repaired unless something says otherwise. */
function judgeDrift({ spec, status }: GitSync, owned: readonly OwnedObjectFacts[]): Answer {
  const { drift = 'Repair', ignoreDifferences = [] } = spec;
  if (spec.suspend === true) return ['fail', 'it is suspended: nothing is repaired'];
  if (drift !== 'Repair') return ['fail', `spec.drift is ${drift}: edits stay`];
  const left = (status?.drifted ?? []).map(({ kind, namespace, name, state, message }) => {
    return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} is ${state}: ${message}`;
  });
  if (left.length > 0) return ['fail', ...firstOf(left)];
  const exempt = owned.flatMap(({ name, exemptions }) => exemptions.map((why) => `${name}: ${why}`));
  const fields = ignoreDifferences.flatMap(({ target, paths }) =>
    paths.map((path) => `${path} of ${target.kind} may differ`),
  );
  if (exempt.length + fields.length > 0) return ['warn', ...firstOf([...fields, ...exempt])];
  return ['pass', 'edits are undone when the watch tells of them'];
}

function judgeWriters(owned: readonly OwnedObjectFacts[]): Answer {
  const others = owned.flatMap(({ name, managers }) => managers.map((manager) => `${manager} holds fields of ${name}`));
  if (others.length === 0) return ['pass', 'nobody but Signet and Kubernetes itself holds fields of them'];
  return ['warn', ...firstOf(others)];
}

function judgeRepair({ repaired, timeoutMs }: ProbeFacts): Answer {
  return whenKnown(repaired, ({ name, tookMs }) =>
    tookMs === null
      ? ['fail', `an edit of ${name} was not undone in ${inWords(timeoutMs)}`]
      : ['pass', `an edit of ${name} was undone within ${tookMs} ms`],
  );
}
