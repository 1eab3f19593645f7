/**
 * @module Opens the items of one SealedSecret with the keys of a ring: which keys are tried, in which order, and how
 * many items at once.
 */
import type { SecretBytes } from '../errors/secret-bytes.ts';
import { type ItemFailure, itemFailure, NO_KEY_PHRASE } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { failureOf, type SealedItem } from './read-sealed-items.ts';
import { openValue } from './value-cipher.ts';

/** How often a key may miss before the items left of an object are not tried: junk shall not keep the processor busy. */
const MAX_MISSES = 4096;
/** The same once an item did not open, so that the object fails anyway. */
const MAX_MISSES_OF_FAILING = 512;

/** What came of opening. Every item is in exactly one of `opened`, `failures` and `unopened`. */
export interface OpenedItems {
  readonly opened: Map<string, SecretBytes>;
  /** Items that no further look can say more about. */
  readonly failures: ItemFailure[];
  /** Items of a fitting size that no key opened with this label. */
  readonly unopened: SealedItem[];
  /** The keys that opened something; the one that did so last comes first. */
  keys: readonly OpeningKey[];
  /** How often a key did not fit. */
  misses: number;
}

/**
 * Opens `items` with `label`. For each item the keys that opened others come first, then the rest of its size, newest
 * first. Several items are opened at once as soon as there is no doubt about the key.
 */
export async function openItems(
  items: readonly SealedItem[],
  label: Uint8Array<ArrayBuffer>,
  keyring: Keyring<OpeningKey>,
): Promise<OpenedItems> {
  const results: OpenedItems = { opened: new Map(), failures: [], unopened: [], keys: [], misses: 0 };
  const queue = items.values();
  const openNext = async (): Promise<boolean> => {
    const next = queue.next();
    if (next.done) return false;
    await openItem(next.value, label, { keyring, results });
    return true;
  };
  // With several keys the first items run alone until one opens: in parallel each would search the whole ring.
  let isMore = items.length > 0;
  while (isMore && keyring.keys.length > 1 && results.keys.length === 0) isMore = await openNext();
  await Promise.all(
    Array.from({ length: isMore ? widestKey(keyring) : 0 }, async () => {
      while (await openNext());
    }),
  );
  return results;
}

/** The keys of `keyring` that `item` can have been sealed to, judging by its size: those of `recent`, then the others. */
export function fittingKeys(
  item: SealedItem,
  keyring: Keyring<OpeningKey>,
  recent: readonly OpeningKey[],
): readonly OpeningKey[] {
  const keys = new Set([...recent, ...keyring.keys]);
  return [...keys].filter((key) => key.modulusBytes === item.envelope.wrappedKey.length);
}

async function openItem(
  item: SealedItem,
  label: Uint8Array<ArrayBuffer>,
  { keyring, results }: { readonly keyring: Keyring<OpeningKey>; readonly results: OpenedItems },
): Promise<void> {
  const candidates = fittingKeys(item, keyring, results.keys);
  if (candidates.length === 0) {
    results.failures.push(noFittingKey(item, keyring));
    return;
  }
  const limit = results.unopened.length > 0 ? MAX_MISSES_OF_FAILING : MAX_MISSES;
  if (results.misses >= limit) {
    results.failures.push(notTried(item, limit));
    return;
  }
  for (const key of candidates) {
    const outcome = await openValue(key, label, item.envelope).catch((error: unknown) => failureOf(item.name, error));
    if (outcome === null) {
      results.misses += 1;
      continue;
    }
    if ('code' in outcome) {
      results.failures.push(outcome);
    } else {
      results.opened.set(item.name, outcome);
      results.keys = [key, ...results.keys.filter((other) => other !== key)];
    }
    return;
  }
  results.unopened.push(item);
}

function noFittingKey(item: SealedItem, keyring: Keyring<OpeningKey>): ItemFailure {
  const sizes = [...new Set(keyring.keys.map((key) => key.modulusBytes * 8))].sort((a, b) => a - b);
  if (sizes.length === 0) {
    return itemFailure({
      item: item.name,
      code: 'SEALED_NO_KEYS',
      problem: NO_KEY_PHRASE,
      reason: 'there are no keys to try',
      hint: 'restore the sealing keys of the cluster that the Secret was sealed for',
    });
  }
  const held = `${sizes.join('-, ')}-bit keys`;
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_SIZE_MISMATCH',
    problem: NO_KEY_PHRASE,
    reason: `sealed with a ${item.envelope.wrappedKey.length * 8}-bit key, the ring holds ${held}`,
    hint: "seal the Secret again with this cluster's certificate",
  });
}

function notTried(item: SealedItem, misses: number): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_NOT_FOUND',
    problem: NO_KEY_PHRASE,
    reason: `not tried, because no key fitted ${misses} times before`,
    hint: 'seal all values of the object again',
  });
}

function widestKey(keyring: Keyring<OpeningKey>): number {
  return Math.max(1, ...keyring.keys.map((key) => key.lanes));
}
