/**
 * @module Tells why items do not open: sealed for another scope or name, or with a key that is not there. It asks the
 * keys a bounded number of questions and never sees a plaintext.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { encodeEnvelope } from './envelope.ts';
import { type ItemFailure, itemFailure, NO_KEY_PHRASE } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { type KnownPlace, type Mistake, mistakesOf } from './mistakes.ts';
import { fittingKeys, TRIES_OF_FAILING } from './open-items.ts';
import type { SealedItem } from './read-sealed-items.ts';
import { digestOf, type Receipt, readReceipt } from './receipt.ts';
import { placeOf, type SealedPlace } from './scope.ts';

/** What is known of the cluster around an object; it makes reasons more precise, and opens nothing. */
export interface Surroundings {
  /** Keys that were taken out of use. */
  readonly retired?: ReadonlySet<Fingerprint>;
  /**
   * Names the places that the object may have been copied or moved from, the likeliest first, and its own; asked only when one is
   * sought. The keys that are known of them are tried before the rest.
   */
  readonly places?: () => readonly KnownPlace[];
}

/** What a diagnosis may use. */
export interface Inquiry {
  readonly keyring: Keyring<OpeningKey>;
  /** Asked before other keys. */
  readonly recent: readonly OpeningKey[];
  /** How many RSA operations it may cost; default 32. */
  readonly tries?: number;
  readonly surroundings?: Surroundings;
}

/**
 * One failure for each of `unopened`, in the order of their names. The key and the mistake that were found for one item
 * are asked first for the next; items that are left when the tries are used up count as not found.
 */
export async function diagnoseItems(
  sealed: SealedSecret,
  unopened: readonly SealedItem[],
  { keyring, recent, tries = TRIES_OF_FAILING, surroundings = {} }: Inquiry,
): Promise<readonly ItemFailure[]> {
  if (unopened.length === 0) return [];
  const failures: ItemFailure[] = [];
  const receipt = readReceipt(sealed.metadata ?? {});
  const places = surroundings.places?.() ?? [];
  const likely = new Set(places.flatMap((place) => place.keys ?? []));
  let left = tries;
  let keys = [...recent, ...keyring.keys.filter((key) => likely.has(key.fingerprint))];
  let mistakes = mistakesOf(sealed, places);
  const items = unopened.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const [index, item] of items.entries()) {
    const hinted = keyring.keys.filter((key) => key.fingerprint === receipt?.items.get(item.name)?.fingerprint);
    const candidates = fittingKeys(item, keyring, [...hinted, ...keys]);
    // Half of what is left, so that a value of an unknown key does not hide a reason that the next one would show.
    const allowance = { tries: index === items.length - 1 ? left : Math.ceil(left / 2) };
    left -= allowance.tries;
    const found = await findMistake(item, candidates, { mistakes, allowance });
    left += allowance.tries;
    if (found === null) {
      failures.push(await keyFailure(sealed, item, { keyring, surroundings, receipt }));
      continue;
    }
    failures.push(mistakeFailure(item, found.mistake));
    keys = [found.key, ...keys];
    mistakes = [found.mistake, ...mistakes.filter((mistake) => mistake !== found.mistake)];
  }
  return failures;
}

async function findMistake(
  item: SealedItem,
  keys: readonly OpeningKey[],
  { mistakes, allowance }: { readonly mistakes: readonly Mistake[]; readonly allowance: { tries: number } },
): Promise<{ readonly key: OpeningKey; readonly mistake: Mistake } | null> {
  for (const key of keys) {
    for (const mistake of mistakes) {
      if (allowance.tries === 0) return null;
      allowance.tries -= 1;
      if (await opensWith(key, mistake.label, item)) return { key, mistake };
    }
  }
  return null;
}

/** Asks whether the content key would open. The content key is wiped at once and the value stays sealed. */
async function opensWith(key: OpeningKey, label: Uint8Array<ArrayBuffer>, item: SealedItem): Promise<boolean> {
  const contentKey = await key.unwrap(label, item.envelope.wrappedKey);
  contentKey?.wipe();
  return contentKey !== null;
}

function mistakeFailure(item: SealedItem, { code, reason, hint }: Mistake): ItemFailure {
  return itemFailure({ item: item.name, code, problem: NO_KEY_PHRASE, reason, hint });
}

/** What is known when the key of an item is asked for. */
interface KeyQuestion {
  readonly keyring: Keyring<OpeningKey>;
  readonly surroundings: Surroundings;
  readonly receipt: Receipt | null;
}

/** What is told of an item that nothing opens: what its receipt says, if that speaks of this very value, or what was tried. */
async function keyFailure(
  sealed: SealedSecret,
  item: SealedItem,
  { keyring, surroundings, receipt }: KeyQuestion,
): Promise<ItemFailure> {
  const told = receipt?.items.get(item.name);
  if (told === undefined) return keyNotFound(sealed, item, keyring);
  const isSame = (await digestOf(encodeEnvelope(item.envelope))) === told.digest;
  const isHere = keyring.keys.some((key) => key.fingerprint === told.fingerprint);
  if (!isSame) return isHere ? changedFailure(item) : keyNotFound(sealed, item, keyring);
  if (surroundings.retired?.has(told.fingerprint)) return retiredFailure(item, told.fingerprint);
  if (keyring.keys.length === 0) return noKeysFailure(item, `; its receipt names ${told.fingerprint}`);
  return isHere ? keyNotFound(sealed, item, keyring) : elsewhereFailure(item, told.fingerprint);
}

function retiredFailure(item: SealedItem, fingerprint: Fingerprint): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_RETIRED',
    problem: NO_KEY_PHRASE,
    reason: `sealed to a retired key, as its receipt says, ${fingerprint}`,
    hint:
      'seal the value again: "signet set FILE KEY", or, if it was retired too early and not for fear that others know it, take the key ' +
      `back into use: "signet keys unretire ${fingerprint}"`,
  });
}

function elsewhereFailure(item: SealedItem, fingerprint: Fingerprint): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_ELSEWHERE',
    problem: NO_KEY_PHRASE,
    reason: `sealed to key ${fingerprint}, as its receipt says, which is not here: for another cluster, or to a key that is gone`,
    hint:
      'seal the Secret again with this cluster\'s certificate: "signet seal", or bring the key here: ' +
      '"signet keys restore FILE"',
  });
}

function changedFailure(item: SealedItem): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_VALUE_CHANGED',
    problem: NO_KEY_PHRASE,
    reason: 'the value is not the one that was sealed, as the receipt of the object shows',
    hint: 'restore the value from history, or seal it again: "signet set FILE KEY"',
  });
}

function noKeysFailure(item: SealedItem, more: string): ItemFailure {
  return itemFailure({
    item: item.name,
    code: 'SEALED_NO_KEYS',
    problem: NO_KEY_PHRASE,
    reason: `there are no keys to try${more}`,
    hint: 'bring back the sealing keys of the cluster that the Secret was sealed for: "signet keys restore FILE"',
  });
}

function noFittingKey(item: SealedItem, keyring: Keyring<OpeningKey>): ItemFailure {
  const sizes = [...new Set(keyring.keys.map((key) => key.modulusBytes * 8))].sort((a, b) => a - b);
  if (sizes.length === 0) return noKeysFailure(item, '');
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_SIZE_MISMATCH',
    problem: NO_KEY_PHRASE,
    reason: `sealed with a ${item.envelope.wrappedKey.length * 8}-bit key, the ring holds ${sizes.join('-, ')}-bit keys`,
    hint: 'seal the Secret again with this cluster\'s certificate: "signet seal"',
  });
}

function keyNotFound(sealed: SealedSecret, item: SealedItem, keyring: Keyring<OpeningKey>): ItemFailure {
  const count = fittingKeys(item, keyring, []).length;
  if (count === 0) return noFittingKey(item, keyring);
  return itemFailure({
    item: item.name,
    code: 'SEALED_KEY_NOT_FOUND',
    problem: NO_KEY_PHRASE,
    reason: `tried ${count === 1 ? 'one key' : `${count} keys`}, ${describePlace(placeOf(sealed))}`,
    hint:
      'seal the Secret again for this cluster, name and namespace: "signet seal", or bring back the key that it was ' +
      'sealed with: "signet keys restore FILE"',
  });
}

function describePlace({ scope, namespace, name }: SealedPlace): string {
  switch (scope) {
    case 'strict':
      return namespace === ''
        ? 'and the object names no namespace'
        : `strict for ${JSON.stringify(`${namespace}/${name}`)}`;
    case 'namespace-wide':
      return namespace === '' ? 'and the object names no namespace' : `namespace-wide for ${JSON.stringify(namespace)}`;
    case 'cluster-wide':
      return 'cluster-wide';
  }
}
