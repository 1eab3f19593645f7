/** @module Verdicts to the status of a SealedSecret, so that kstatus, Argo CD and Flux read the same from it. Pure. */
import { isSameJson } from '../../shared/encoding/json.ts';
import { type Condition, type ConditionChange, conditionOf, setConditions } from '../../shared/resources/conditions.ts';
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';
import type { SealedSecret, SealedSecretStatus } from '../../shared/resources/sealed-secret.ts';
import { DRIFTED, driftModeOf, driftModeProblem } from './drift-mode.ts';
import { shortenMessage, type Verdict } from './verdict.ts';

/** `Synced` is `True` or `False`; Unknown only says that a new generation is being looked at. */
export type SyncedTruth = 'True' | 'False';

/** The status that says `verdict` about `generation` of `sealed`; `before` overrides what is remembered of `Synced`. */
export function statusOf(
  sealed: SealedSecret,
  verdict: Verdict,
  { now, before }: { readonly now: Date; readonly before: SyncedTruth | null },
): SealedSecretStatus {
  const current = restoreTruth(conditionsOf(sealed), before ?? syncedBefore(sealed));
  return {
    observedGeneration: sealed.metadata.generation ?? 0,
    conditions: setConditions(current, [...changesFor(sealed, verdict), ...driftChange(current, verdict)], now),
    unsealed: verdict.record,
    attempt: verdict.attempt,
    lastSynced: null,
  };
}

/** The status to show while a new generation waits or is worked on; null when it is shown, or when there is no older result that it replaces. */
export function progressingStatus(sealed: SealedSecret, now: Date): SealedSecretStatus | null {
  const { generation = 0 } = sealed.metadata;
  const observed = sealed.status?.observedGeneration ?? -1;
  const before = syncedBefore(sealed);
  if (observed < 0 || observed >= generation || before === null) return null;
  const message = `generation ${generation} is being unsealed`;
  if (conditionsOf(sealed).some((condition) => condition.type === 'Synced' && condition.message === message))
    return null;
  const changes: readonly ConditionChange[] = [
    { type: 'Synced', status: 'Unknown', reason: 'Progressing', message },
    { type: 'Ready', status: 'Unknown', reason: 'Progressing', message },
    { type: 'Reconciling', status: 'True', reason: 'Progressing', message },
    { type: 'Stalled', status: 'False', reason: 'Progressing', message: '' },
  ];
  return { conditions: setConditions(conditionsOf(sealed), changes, now), lastSynced: before };
}

/** The last truth of `Synced`; null when there never was one. */
export function syncedBefore(sealed: SealedSecret): SyncedTruth | null {
  const synced = conditionsOf(sealed).find((condition) => condition.type === 'Synced');
  if (synced?.status === 'True' || synced?.status === 'False') return synced.status;
  const remembered = sealed.status?.lastSynced;
  return remembered === 'True' || remembered === 'False' ? remembered : null;
}

/** The status of condition `Synced` of an object as the API server gave it; undefined when it has none. */
export function syncedOf(sealed: SealedSecret): string | undefined {
  return conditionsOf(sealed).find((condition) => condition?.type === 'Synced')?.status;
}

/** True when `status` says something else than `sealed` does now; times alone are nothing new. */
export function isStatusNews(sealed: SealedSecret, status: SealedSecretStatus): boolean {
  const { unsealed = null, attempt = null, observedGeneration } = sealed.status ?? {};
  return (
    observedGeneration !== status.observedGeneration ||
    !isSameJson(unsealed, status.unsealed ?? null) ||
    !isSameJson(attempt, status.attempt ?? null) ||
    isConditionNews(sealed, status)
  );
}

/** True when the conditions, or the generation that they speak of, differ. */
export function isConditionNews(sealed: SealedSecret, status: SealedSecretStatus): boolean {
  const say = (conditions: readonly Condition[]) =>
    JSON.stringify(conditions.map(({ type, status: truth, reason, message }) => [type, truth, reason, message]));
  if (sealed.status?.observedGeneration !== status.observedGeneration) return true;
  return say(conditionsOf(sealed)) !== say(status.conditions ?? []);
}

/**
 * True when `status` tells another result of unsealing: what people should hear about. Completing what sealed-secrets said is
 * no news.
 */
export function isResultNews(sealed: SealedSecret, status: SealedSecretStatus): boolean {
  if (sealed.status?.observedGeneration !== status.observedGeneration) return true;
  const before = conditionsOf(sealed).find(({ type }) => type === 'Synced');
  const after = conditionOf({ status }, 'Synced');
  if (before?.status !== after?.status) return true;
  return after?.status === 'False' && (before?.reason !== after.reason || before?.message !== after.message);
}

/** The message of condition `type` where `status` says it and `sealed` did not, or said it in other words; else null. */
export function newlyTrue(sealed: SealedSecret, status: SealedSecretStatus, type: string): string | null {
  const [before, after] = [conditionsOf(sealed), status.conditions ?? []].map((conditions) =>
    conditions.find((condition) => condition.type === type && condition.status === 'True'),
  );
  return after === undefined || after.message === before?.message ? null : after.message;
}

function changesFor({ metadata }: SealedSecret, verdict: Verdict): readonly ConditionChange[] {
  const { reason } = verdict;
  const message = shortenMessage(verdict.message);
  if (verdict.state === 'unsealed') {
    return [
      { type: 'Synced', status: 'True', reason, message: '' },
      { type: 'Ready', status: 'True', reason, message: readyMessage(metadata, verdict) },
      { type: 'Reconciling', status: 'False', reason, message: '' },
      { type: 'Stalled', status: 'False', reason, message: '' },
    ];
  }
  // Stalled also while it is tried again: with Reconciling in its place kstatus would read progress, Argo CD and Flux a failure.
  const retries = verdict.state === 'waiting' ? 'it is tried again by itself' : '';
  return [
    { type: 'Synced', status: 'False', reason, message },
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Reconciling', status: 'False', reason, message: retries },
    { type: 'Stalled', status: 'True', reason, message },
  ];
}

function readyMessage(metadata: ObjectMeta, { drift }: Verdict): string {
  if (drift !== undefined) return `the Secret was unsealed and has been changed since: see condition ${DRIFTED}`;
  if (driftModeOf(metadata) === 'ignore') return 'the Secret was unsealed; what others change in it is ignored';
  const problem = driftModeProblem(metadata);
  return problem === '' ? 'the Secret is as it was sealed' : `the Secret is as it was sealed; ${problem}`;
}

/** The condition is there from the first reported edit on. It says nothing about health: the SealedSecret itself is unsealed. */
function driftChange(current: readonly Condition[], { state, drift }: Verdict): readonly ConditionChange[] {
  if (drift !== undefined)
    return [{ type: DRIFTED, status: 'True', reason: 'SecretChanged', message: shortenMessage(drift) }];
  const isKnown = state === 'unsealed' && current.some(({ type }) => type === DRIFTED);
  return isKnown ? [{ type: DRIFTED, status: 'False', reason: 'Unsealed', message: '' }] : [];
}

/**
 * Puts the truth from before back in the place of Unknown, so that Unknown in between is no transition: True, Unknown,
 * True keeps its lastTransitionTime.
 */
function restoreTruth(conditions: readonly Condition[], before: SyncedTruth | null): readonly Condition[] {
  if (before === null) return conditions;
  return conditions.map((condition) => {
    const mirrors = condition.type === 'Synced' || condition.type === 'Ready';
    return mirrors && condition.status === 'Unknown' ? { ...condition, status: before } : condition;
  });
}

function conditionsOf(sealed: SealedSecret): readonly Condition[] {
  const conditions: unknown = sealed.status?.conditions;
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : [];
}
