/** @module Status conditions: their shape, and the one rule for changing a list of them. */

/** Truth of a condition, as Kubernetes spells it. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

/** What a writer knows about a condition; times are worked out by {@link setConditions}. */
export interface ConditionChange {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
}

/** One status condition. `lastUpdateTime` is kept because sealed-secrets' users read it; instants are RFC 3339 in whole seconds. */
export interface Condition extends ConditionChange {
  readonly lastTransitionTime: string;
  readonly lastUpdateTime?: string;
  readonly observedGeneration?: number;
}

/** The condition `type` in the status of `object`; undefined when it has none. */
export function conditionOf(
  { status }: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** An instant as Kubernetes writes it in `metav1.Time`: UTC, whole seconds. */
export function toKubeTime(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}

/**
 * `current` with `changes` applied, in the order of `changes`; types that are not mentioned follow and are kept.
 * `lastTransitionTime` moves when the status does, but not on the way to `Unknown`, which says "not yet looked at" and is no
 * transition. Whoever wants the way back from it to be none either puts the former status into `current`.
 */
export function setConditions(
  current: readonly Condition[],
  changes: readonly ConditionChange[],
  now: Date,
): Condition[] {
  const at = toKubeTime(now);
  const changed = changes.map((change): Condition => {
    const before = current.find((condition) => condition.type === change.type);
    const lastTransitionTime = before && keepsTransition(before, change) ? before.lastTransitionTime : at;
    return { ...change, lastTransitionTime, lastUpdateTime: at };
  });
  const untouched = current.filter((condition) => !changes.some((change) => change.type === condition.type));
  return [...changed, ...untouched];
}

function keepsTransition(before: Condition, change: ConditionChange): boolean {
  return before.status === change.status || change.status === 'Unknown';
}
