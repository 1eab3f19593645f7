/** @module How many objects one plan may delete without being asked. */

/** `spec.guard.maxDeletions` as it is written: a count, or a share such as `50%`. */
export type MaxDeletions = number | string;

/** What holds where nothing is said. */
export const DEFAULT_MAX_DELETIONS = '50%';
/** Up to this many objects, half of them is no sign of a mistake. Only the default looks at it. */
const SMALL_INVENTORY = 10;

/** A limit that was read. */
export type DeletionLimit = { readonly kind: 'count' | 'share'; readonly value: number };

/** The limit that `text` means; null for what is neither a count nor a whole share between 0% and 100%. */
function parseMaxDeletions(text: MaxDeletions): DeletionLimit | null {
  if (typeof text === 'number') return Number.isSafeInteger(text) && text >= 0 ? { kind: 'count', value: text } : null;
  const [, digits, percent] = /^(\d{1,6})(%?)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const value = Number(digits);
  if (percent === '') return { kind: 'count', value };
  return value <= 100 ? { kind: 'share', value } : null;
}

/** True when `deletions` out of `owned` objects are more than `limit` allows; undefined is the default. What cannot be read allows none. */
export function isOverLimit(deletions: number, owned: number, limit: MaxDeletions | undefined): boolean {
  if (limit === undefined && owned <= SMALL_INVENTORY) return false;
  const parsed = parseMaxDeletions(limit ?? DEFAULT_MAX_DELETIONS) ?? { kind: 'count', value: 0 };
  return parsed.kind === 'count' ? deletions > parsed.value : deletions * 100 > parsed.value * owned;
}
