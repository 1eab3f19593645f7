/** @module Durations in Go's text form, as Kubernetes users write them: `90s`, `1m30s`, `1.5h`. */

/** How long a GitSync waits for health when it does not say. */
export const DEFAULT_TIMEOUT = '5m';

/** The longest duration that {@link parseDuration} reads, in whole hours. */
export const LONGEST_DURATION = `${Math.floor(Number.MAX_SAFE_INTEGER / 3_600_000)}h`;

const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/;

/** Milliseconds of `text`, rounded, or null when it is not a positive duration in hours, minutes, seconds and milliseconds. */
export function parseDuration(text: string): number | null {
  // Longer text is no duration that a person would write, and the pattern's cost grows with its input.
  if (text.length > 64 || !DURATION.test(text)) return null;
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  }
  const rounded = Math.round(total);
  return rounded > 0 && Number.isSafeInteger(rounded) ? rounded : null;
}
