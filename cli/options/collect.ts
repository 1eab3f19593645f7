/** @module Parsers of option values. */
import { InvalidArgumentError } from 'commander';

/** Reducer for an option that may be given several times. A variadic option would swallow what stands behind it. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;

/** Milliseconds of a duration as Go writes it: `90s`, `2m`, `1m30s`. */
export function parseDuration(value: string): number {
  if (!DURATION.test(value)) throw new InvalidArgumentError('Expected a duration such as 90s, 2m or 1m30s.');
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}
