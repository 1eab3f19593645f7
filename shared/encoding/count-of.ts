/** @module Numbers of things, in words. */

/** `1 key`, `2 keys`: for nouns whose plural takes an s. */
export function countOf(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
