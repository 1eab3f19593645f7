/** @module Verdicts to the status of a SealedSecret, so that kstatus, Argo CD and Flux read the same from it. Pure. */
import { type Condition, type ConditionChange, setConditions } from '../../shared/resources/conditions.ts';
import type { SealedSecret, SealedSecretStatus } from '../../shared/resources/sealed-secret.ts';
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
    conditions: setConditions(current, changesFor(verdict), now),
    unsealed: verdict.record,
    attempt: verdict.attempt,
    lastSynced: null,
  };
}

/** The status to show while a new generation is worked on, or null when there is no older result that it replaces. */
export function progressingStatus(sealed: SealedSecret, now: Date): SealedSecretStatus | null {
  const { generation = 0 } = sealed.metadata;
  const observed = sealed.status?.observedGeneration ?? -1;
  const before = syncedBefore(sealed);
  if (observed < 0 || observed >= generation || before === null) return null;
  const message = `generation ${generation} is being unsealed`;
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

/** True when `status` says something else than `sealed` does now; times alone are nothing new. */
export function isStatusNews(sealed: SealedSecret, status: SealedSecretStatus): boolean {
  const { unsealed = null, attempt = null, observedGeneration } = sealed.status ?? {};
  return (
    observedGeneration !== status.observedGeneration ||
    !isSameRecord(unsealed, status.unsealed ?? null) ||
    !isSameRecord(attempt, status.attempt ?? null) ||
    isConditionNews(sealed, status)
  );
}

/** True when the conditions, or the generation that they speak of, differ: what people should hear about. */
export function isConditionNews(sealed: SealedSecret, status: SealedSecretStatus): boolean {
  const say = (conditions: readonly Condition[]) =>
    JSON.stringify(conditions.map(({ type, status: truth, reason, message }) => [type, truth, reason, message]));
  if (sealed.status?.observedGeneration !== status.observedGeneration) return true;
  return say(conditionsOf(sealed)) !== say(status.conditions ?? []);
}

function changesFor(verdict: Verdict): readonly ConditionChange[] {
  const { reason } = verdict;
  const message = shortenMessage(verdict.message);
  if (verdict.state === 'unsealed') {
    return [
      { type: 'Synced', status: 'True', reason, message: '' },
      { type: 'Ready', status: 'True', reason, message: 'the Secret is as it was sealed' },
      { type: 'Reconciling', status: 'False', reason, message: '' },
      { type: 'Stalled', status: 'False', reason, message: '' },
    ];
  }
  const isStalled = verdict.state === 'stalled';
  return [
    { type: 'Synced', status: 'False', reason, message },
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Reconciling', status: isStalled ? 'False' : 'True', reason, message: isStalled ? '' : message },
    { type: 'Stalled', status: isStalled ? 'True' : 'False', reason, message: isStalled ? message : '' },
  ];
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

function isSameRecord(a: object | null, b: object | null): boolean {
  const sorted = (record: object | null) => JSON.stringify(record === null ? null : Object.entries(record).sort());
  return sorted(a) === sorted(b);
}
