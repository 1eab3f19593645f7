/** @module Integers of any size without loss: a number where it is exact, a bigint beyond. */

/** `value` as a number when a number holds it exactly (up to 2^53), else unchanged. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
