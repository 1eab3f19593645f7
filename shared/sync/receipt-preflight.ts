/**
 * @module Tells by receipts and a published key list which SealedSecrets can hardly be opened, where no private key is at hand. A receipt is a
 * hint: what has none, or one that does not fit, counts as fine.
 */
import type { SyncFailure } from '../resources/git-sync.ts';
import type { KeyList } from '../resources/key-list.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { checkReceipt, describeFinding, keysByItem } from '../sealing/check-receipt.ts';
import { type ItemFailure, itemFailure, NO_KEY_PHRASE } from '../sealing/item-failure.ts';
import { readReceipt } from '../sealing/receipt.ts';
import type { PlacedObject } from '../sync-plan/desired-object.ts';
import { unsealFailure } from './sealed-preflight.ts';

/** What receipts say of the SealedSecrets of a commit. */
export interface ReceiptAnswer {
  /** Those that can hardly be opened. */
  readonly failures: readonly SyncFailure[];
  /** Those that open now and are sealed to a key that is not sealed to any more. */
  readonly aging: readonly AgingObject[];
}

/** Items that are sealed to a key of before. */
export interface AgingObject {
  readonly sealed: PlacedObject;
  readonly items: readonly string[];
  readonly fingerprint: string;
}

/** Compares each of `sealed`, with its settled namespace, with its receipt and the keys of `list`. */
export async function checkReceipts(sealed: readonly PlacedObject[], list: KeyList): Promise<ReceiptAnswer> {
  const states = statesOf(list);
  const failures: SyncFailure[] = [];
  const aging: AgingObject[] = [];
  for (const one of sealed) {
    const object = one.object as SealedSecret;
    const receipt = readReceipt(object.metadata);
    if (receipt === null) continue;
    const keys = [...(await keysByItem(object, receipt))];
    const closed = keys.flatMap(([item, fingerprint]) => keyFailure(item, fingerprint, states.get(fingerprint)) ?? []);
    const moved = (await checkReceipt(object, receipt)).filter(({ kind }) => kind in PLACE_CODES);
    const misplaced = moved.map((finding) =>
      itemFailure({
        item: '',
        code: PLACE_CODES[finding.kind as keyof typeof PLACE_CODES],
        problem: describeFinding(finding),
        hint: 'give the object its former name, namespace and scope, or seal the Secret again: "signet seal"',
      }),
    );
    // Nothing of another place is bound to opens, and the receipt of a cluster-wide value names no place.
    const found = [...closed, ...misplaced];
    if (found.length > 0) failures.push(unsealFailure(one, found));
    else aging.push(...agingOf(one, keys, states));
  }
  return { failures, aging };
}

const PLACE_CODES = {
  moved: 'SEALED_NAME_MISMATCH',
  renamed: 'SEALED_NAME_MISMATCH',
  'scope-differs': 'SEALED_SCOPE_MISMATCH',
} as const;

function statesOf({ keys, unusable }: KeyList): ReadonlyMap<string, string> {
  const states = new Map<string, string>(keys.map(({ fingerprint, state }) => [fingerprint, state]));
  for (const { fingerprint } of unusable) if (fingerprint !== undefined) states.set(fingerprint, 'decrypt-only');
  return states;
}

function keyFailure(item: string, fingerprint: string, state: string | undefined): ItemFailure | null {
  if (state !== undefined && state !== 'retired') return null;
  const isRetired = state === 'retired';
  return itemFailure({
    item,
    code: isRetired ? 'SEALED_KEY_RETIRED' : 'SEALED_KEY_ELSEWHERE',
    problem: NO_KEY_PHRASE,
    reason: isRetired
      ? `sealed to a retired key, as its receipt says, ${fingerprint}`
      : `sealed to key ${fingerprint}, as its receipt says, which the controller does not know`,
    hint: isRetired
      ? `seal the value again: "signet set FILE KEY", or take the key back into use: "signet keys unretire ${fingerprint}"`
      : 'seal the value again: "signet set FILE KEY", or bring the key here: "signet keys restore FILE"',
  });
}

function agingOf(
  sealed: PlacedObject,
  keys: readonly (readonly [item: string, fingerprint: string])[],
  states: ReadonlyMap<string, string>,
): readonly AgingObject[] {
  const old = keys.filter(([, fingerprint]) => states.get(fingerprint) === 'decrypt-only');
  return [...Map.groupBy(old, ([, fingerprint]) => fingerprint)].map(([fingerprint, items]) => ({
    sealed,
    items: items.map(([item]) => item),
    fingerprint,
  }));
}
