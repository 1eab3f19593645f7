/** @module Hides what lies at given places of an object, whatever it is. */
import { canonicalJson, isSameJson } from '../encoding/json.ts';
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { ANY_ITEM, type ConfidentialPath } from './rendered-object.ts';

/** Stands for a hidden value that stays as it is. */
const UNCHANGED = '(unchanged)';

/** Makes something to show out of the text of a hidden value. */
export type HideValue = (text: string) => string;

/** `value`, or {@link UNCHANGED} when `other` is the same, hidden. */
export function hideValue(value: unknown, other: unknown, hide: HideValue): string {
  if (other !== undefined && isSameJson(value, other)) return UNCHANGED;
  return hide(typeof value === 'string' ? value : canonicalJson(value));
}

/** `own` with what lies at `paths` hidden; it is compared with what lies there in `other`. Neither is changed. */
export function maskPaths(own: unknown, other: unknown, paths: readonly ConfidentialPath[], hide: HideValue): unknown {
  if (paths.length === 0 || own === undefined) return own;
  if (paths.some((path) => path.length === 0)) return hideValue(own, other, hide);
  if (Array.isArray(own)) {
    const below = paths.flatMap(([key, ...rest]) => (key === ANY_ITEM ? [rest] : []));
    const others: readonly unknown[] = Array.isArray(other) ? other : [];
    return own.map((item, index) => maskPaths(item, others[index], below, hide));
  }
  if (!isMap(own)) return own;
  const others = isMap(other) ? other : {};
  return Object.fromEntries(
    Object.entries(own).map(([name, item]) => {
      const below = paths.flatMap(([key, ...rest]) => (key === name ? [rest] : []));
      return [name, maskPaths(item, ownValue(others, name), below, hide)];
    }),
  );
}
