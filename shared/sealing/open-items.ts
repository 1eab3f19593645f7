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

/** How often a key may miss before the items left of an object are not tried: junk shall not keep the processor busy. */
const MAX_MISSES = 4096;
/** How many more RSA operations may be spent in vain once an item did not open, finding the reason included. */
export const TRIES_OF_FAILING = 32;
/** How many of them are kept for finding the reason, which says more than further misses. */
const TRIES_FOR_REASON = 20;

/** What came of opening. Every item is in exactly one of `opened`, `failures` and `unopened`. */
export interface OpenedItems {
  readonly opened: Map<string, SecretBytes>;
  /** Items that no further look can say more about. */
  readonly failures: ItemFailure[];
  /** Items that no key opened with this label. */
  readonly unopened: SealedItem[];
  /** The keys that opened something; the one that did so last comes first. */
  keys: readonly OpeningKey[];
  /** The key of each item in `opened`. */
  readonly openers: Map<string, OpeningKey>;
  /** How often a key did not fit. */
  misses: number;
  /** What is left of {@link TRIES_OF_FAILING}. */
  triesLeft: number;
}

/** How items are opened. */
export interface OpenOptions {
  /** The key that an item may have been sealed to, by item name, as a receipt says: it is tried first, and nothing more. */
  readonly hints?: ReadonlyMap<string, Fingerprint>;
  /** How often a key may miss before the items that are left are not tried; default 4,096. */
  readonly maxMisses?: number;
}

/** What is the same for all items of an object. */
interface Opening extends OpenOptions {
  readonly label: Uint8Array<ArrayBuffer>;
  readonly keyring: Keyring<OpeningKey>;
  readonly results: OpenedItems;
}

/**
 * Opens `items` with `label`. For each item the key that its hint names comes first, then those that opened others, then the
 * rest of its size, newest first. Several items are opened at once as soon as there is no doubt about the key.
 */
export async function openItems(
  items: readonly SealedItem[],
  label: Uint8Array<ArrayBuffer>,
  keyring: Keyring<OpeningKey>,
  options: OpenOptions = {},
): Promise<OpenedItems> {
  const results: OpenedItems = {
    opened: new Map(),
    failures: [],
    unopened: [],
    keys: [],
    openers: new Map(),
    misses: 0,
    triesLeft: TRIES_OF_FAILING,
  };
  const queue = items.values();
  const openNext = async (): Promise<boolean> => {
    const next = queue.next();
    if (next.done) return false;
    await openItem(next.value, { ...options, label, keyring, results });
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

async function openItem(item: SealedItem, opening: Opening): Promise<void> {
  const { label, keyring, results, maxMisses = MAX_MISSES } = opening;
  const hinted = keyring.keys.filter((key) => key.fingerprint === opening.hints?.get(item.name));
  if (results.misses >= maxMisses) {
    results.failures.push(notTried(item, results.unopened.length > 0 ? null : maxMisses));
    return;
  }
  for (const key of fittingKeys(item, keyring, [...hinted, ...results.keys])) {
    if (isSpent(results)) {
      results.failures.push(notTried(item, null));
      return;
    }
    const outcome = await openValue(key, label, item.envelope).catch((error: unknown) => failureOf(item.name, error));
    if (outcome !== null) {
      keep(results, item, key, outcome);
      return;
    }
    results.misses += 1;
    if (results.unopened.length > 0) results.triesLeft -= 1;
  }
  results.unopened.push(item);
}

/** True when the object fails anyway, and has cost enough. */
function isSpent({ unopened, triesLeft }: OpenedItems): boolean {
  return unopened.length > 0 && triesLeft <= TRIES_FOR_REASON;
}

function keep(results: OpenedItems, item: SealedItem, key: OpeningKey, outcome: SecretBytes | ItemFailure): void {
  if ('code' in outcome) {
    results.failures.push(outcome);
    return;
  }
  results.opened.set(item.name, outcome);
  results.openers.set(item.name, key);
  results.keys = [key, ...results.keys.filter((other) => other !== key)];
}

/** `misses` null: the object fails anyway. */
function notTried(item: SealedItem, misses: number | null): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_NOT_FOUND',
    problem: NO_KEY_PHRASE,
    reason:
      misses === null
        ? 'not tried further, because other values of the object do not open'
        : `not tried, because no key fitted ${misses} times before`,
    hint: 'seal all values of the object again',
  });
}

function widestKey(keyring: Keyring<OpeningKey>): number {
  return Math.max(1, ...keyring.keys.map((key) => key.lanes));
}
