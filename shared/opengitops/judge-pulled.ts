/** @module Pulled Automatically: the controller takes what the source says, and nobody has to tell it. */
import { conditionOf } from '../resources/conditions.ts';
import { parseDuration } from '../resources/duration.ts';
import type { GitSync } from '../resources/git-sync.ts';
import type { GitSyncFacts, ProbeFacts, TipFacts } from './facts.ts';
import { type Answer, type Finding, findingOf, whenKnown } from './finding.ts';

/** From here on a commit waits so long that people start to push by hand. */
const LONG_INTERVAL_MS = 3_600_000;
/** Intervals are spread by a tenth, and a fetch takes a while. */
const SLACK = 2;

/** The answers to the questions of the third principle. */
export function judgePulled(facts: GitSyncFacts): readonly Finding[] {
  return [
    findingOf('follows', judgeFollows(facts.gitSync)),
    findingOf('current', judgeCurrent(facts)),
    findingOf('interval', judgeInterval(facts)),
    ...(facts.probe === undefined ? [] : [findingOf('answers', judgeAnswer(facts.probe))]),
  ];
}

function judgeFollows({ metadata, spec, status }: GitSync): Answer {
  const faults = [
    ...(metadata.deletionTimestamp === undefined ? [] : ['it is being deleted']),
    ...(spec.suspend === true ? ['it is suspended: no commit is looked at'] : []),
    ...(spec.pin === undefined ? [] : [`it is pinned to commit ${spec.pin.commit}: newer ones are not applied`]),
  ];
  if (faults.length > 0) return ['fail', ...faults];
  const { generation = 0 } = metadata;
  const seen = status?.observedGeneration ?? -1;
  if (seen < 0) return ['fail', 'no controller has looked at it yet'];
  if (seen < generation) return ['fail', `no controller has looked at its generation ${generation} yet`];
  return ['pass', `neither suspended nor pinned, and looked at in its generation ${generation}`];
}

function judgeCurrent(facts: GitSyncFacts): Answer {
  const { gitSync, source, applied } = facts;
  if (gitSync.status?.lastAppliedRevision === undefined) return ['fail', 'nothing was applied yet'];
  return whenKnown(source, ({ tip }) =>
    whenKnown(tip, (now) => {
      if (now.commit === applied) return ['pass', `${now.revision} is what the source names, and what is applied`];
      return judgeBehind(facts, now);
    }),
  );
}

function judgeBehind({ gitSync, nowMs }: GitSyncFacts, tip: TipFacts): Answer {
  const { lastAttemptedRevision = '', lastAppliedRevision = '' } = gitSync.status ?? {};
  const behind = `the source names ${tip.revision}, and ${lastAppliedRevision} is applied`;
  const ready = conditionOf(gitSync, 'Ready');
  if (lastAttemptedRevision.endsWith(tip.commit)) {
    if (ready?.status === 'Unknown') return ['warn', behind, 'it is being applied'];
    return ['fail', behind, `${ready?.reason ?? 'no reason given'}: ${ready?.message ?? ''}`];
  }
  const ageMs = nowMs - tip.committedMs;
  if (ageMs > SLACK * intervalOf(gitSync)) return ['fail', behind, `it was committed ${inWords(ageMs)} ago`];
  return ['warn', behind, 'the next look is still to come'];
}

function judgeInterval({ gitSync, nowMs }: GitSyncFacts): Answer {
  const { interval = '1m' } = gitSync.spec;
  const ms = parseDuration(interval);
  if (ms === null) return ['fail', `${interval} is no duration`];
  const ready = conditionOf(gitSync, 'Ready');
  const changed = ready?.lastUpdateTime ?? ready?.lastTransitionTime;
  const news =
    changed === undefined ? [] : [`the status had its last news ${inWords(nowMs - Date.parse(changed))} ago`];
  const evidence = [`every ${interval}`, ...news];
  return ms > LONG_INTERVAL_MS ? ['warn', ...evidence] : ['pass', ...evidence];
}

function judgeAnswer({ answeredMs, timeoutMs }: ProbeFacts): Answer {
  return whenKnown(answeredMs, (ms) =>
    ms === null
      ? ['fail', `asked for a look, and no answer in ${inWords(timeoutMs)}`]
      : ['pass', `asked for a look, and answered after ${ms} ms`],
  );
}

function intervalOf({ spec }: GitSync): number {
  return parseDuration(spec.interval ?? '1m') ?? 0;
}

/** A span of time in its largest unit: `5 s`, `3 min`, `2 h`, `9 d`. A clock that is behind gives `0 s`. */
export function inWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
