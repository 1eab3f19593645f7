/**
 * @module Opens the items of one SealedSecret with the keys of a ring: which keys are tried, in which order, and how
 * many items at once.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import { type ItemFailure, itemFailure, NO_KEY_PHRASE } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { failureOf, type SealedItem } from './read-sealed-items.ts';
import { openValue } from './value-cipher.ts';

/**
 * Tries without success after which the items left of an object that fails anyway are not tried any more: junk with
 * thousands of items shall not keep the processor busy for minutes.
 */
const MAX_MISSES = 512;

/** What came of opening. Every item is in exactly one of `opened`, `failures` and `unopened`. */
export interface OpenedItems {
  readonly opened: Map<string, SecretBytes>;
  /** The keys that opened something. */
  readonly keys: Set<Fingerprint>;
  /** Items that no further look can say more about. */
  readonly failures: ItemFailure[];
  /** Items of a fitting size that no key opened with this label. */
  readonly unopened: SealedItem[];
  /** The key that opened an item last. */
  lastKey: OpeningKey | null;
  /** How often a key did not fit. */
  misses: number;
}

/**
 * Opens `items` with `label`. For each item the key that opened the one before it comes first, then the others of
 * its size, newest first. Several items are opened at once as soon as there is no doubt about the key.
 */
export async function openItems(
  items: readonly SealedItem[],
  label: Uint8Array<ArrayBuffer>,
  keyring: Keyring<OpeningKey>,
): Promise<OpenedItems> {
  const results: OpenedItems = {
    opened: new Map(),
    keys: new Set(),
    failures: [],
    unopened: [],
    lastKey: null,
    misses: 0,
  };
  const queue = items.values();
  const openNext = async (): Promise<boolean> => {
    const next = queue.next();
    if (next.done) return false;
    await openItem(next.value, label, { keyring, results });
    return true;
  };
  // With several keys the first items run alone until one opens: in parallel each would search the whole ring.
  let isMore = items.length > 0;
  while (isMore && keyring.keys.length > 1 && results.lastKey === null) isMore = await openNext();
  await Promise.all(
    Array.from({ length: isMore ? widestKey(keyring) : 0 }, async () => {
      while (await openNext());
    }),
  );
  return results;
}

/** The keys of `keyring` that `item` can have been sealed to, judging by its size; `first` leads when it is one of them. */
export function fittingKeys(
  item: SealedItem,
  keyring: Keyring<OpeningKey>,
  first: OpeningKey | null,
): readonly OpeningKey[] {
  const fitting = keyring.keys.filter((key) => key.modulusBytes === item.envelope.wrappedKey.length);
  if (first === null || !fitting.includes(first)) return fitting;
  return [first, ...fitting.filter((key) => key !== first)];
}

async function openItem(
  item: SealedItem,
  label: Uint8Array<ArrayBuffer>,
  { keyring, results }: { readonly keyring: Keyring<OpeningKey>; readonly results: OpenedItems },
): Promise<void> {
  const candidates = fittingKeys(item, keyring, results.lastKey);
  if (candidates.length === 0) {
    results.failures.push(noFittingKey(item, keyring));
    return;
  }
  if (results.unopened.length > 0 && results.misses >= MAX_MISSES) {
    results.failures.push(notTried(item));
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
      results.keys.add(key.fingerprint);
      results.lastKey = key;
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

function notTried(item: SealedItem): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_NOT_FOUND',
    problem: NO_KEY_PHRASE,
    reason: `not tried, because no key fitted ${MAX_MISSES} times before`,
    hint: 'mend the other items of the object first',
  });
}

function widestKey(keyring: Keyring<OpeningKey>): number {
  return Math.max(1, ...keyring.keys.map((key) => key.lanes));
}
