/** @module How long a failed object waits before it is looked at again. */

const FIRST_MS = 500;
const MAX_MS = 300_000;

/**
 * Milliseconds to wait after `failures` earlier failures in a row: doubles from half a second to `maxMs`, which is five minutes
 * by default, and is shortened by up to a quarter so that many objects do not come back at once.
 */
export function retryDelayMs(failures: number, random: () => number, maxMs = MAX_MS): number {
  const ceiling = Math.min(maxMs, FIRST_MS * 2 ** Math.min(failures, 30));
  return ceiling * (1 - random() / 4);
}
