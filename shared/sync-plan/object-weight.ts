/** @module About how much memory an object takes, so that no revision takes more than its share. */

/** What a revision may weigh, in about bytes. An API server takes no object of more than 3 MiB of JSON. */
export interface WeightLimits {
  readonly object: number;
  readonly revision: number;
}

const MIB = 1024 * 1024;

/** The defaults: more than any API server takes, and far more than the objects of one inventory need. */
export const DEFAULT_WEIGHT_LIMITS: WeightLimits = Object.freeze({ object: 6 * MIB, revision: 48 * MIB });

/** A place in a map or list, with what the engine keeps beside the content. */
const NODE = 16;

/** Weight of `value` with everything that it shares counted as often as it is used. The walk ends early, with some number above `max`, where it weighs more. */
export function weightOf(value: unknown, max: number): number {
  if (typeof value === 'string') return NODE + value.length;
  if (typeof value === 'bigint') return NODE + value.toString(16).length;
  if (typeof value !== 'object' || value === null) return NODE;
  let weight = NODE;
  for (const key of Object.keys(value)) {
    weight += key.length + weightOf((value as Readonly<Record<string, unknown>>)[key], max - weight);
    if (weight > max) return weight;
  }
  return weight;
}
