/**
 * @module Opens a whole SealedSecret, in either of its forms, for those who want its values as they are and not the Secret: nothing of
 * its template is looked at.
 */
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { diagnoseItems, type Surroundings } from './diagnose-items.ts';
import type { ItemFailure } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { type OpenedItems, openItems } from './open-items.ts';
import { readSealedItems } from './read-sealed-items.ts';
import { receiptHints } from './receipt.ts';
import { placeOf } from './scope.ts';

/** How much opening may cost, and what helps to find out why it fails. */
export interface OpenSealedOptions {
  /** How often a key may miss before the items that are left are not tried; default 4,096. */
  readonly maxMisses?: number;
  /** Whether it is found out why items do not open, which costs up to 32 more RSA operations; default true. */
  readonly diagnose?: boolean;
  /** What is known of the cluster around the object; default: nothing. */
  readonly surroundings?: Surroundings;
}

/** The values that opened, for the receiver to wipe, and all that did not. */
export interface OpenedSealed {
  readonly opening: OpenedItems;
  /** In the order of their names; null when everything opened. */
  readonly failures: readonly [ItemFailure, ...ItemFailure[]] | null;
}

/** Opens every item of `sealed` for the place where the object stands. What an object can be guilty of is a value here. */
export async function openSealed(
  sealed: SealedSecret,
  keyring: Keyring<OpeningKey>,
  options: OpenSealedOptions,
): Promise<OpenedSealed> {
  const { items, failures: malformed } = readSealedItems(sealed);
  const opening = await openItems(items, placeOf(sealed).label, keyring, {
    hints: receiptHints(sealed.metadata ?? {}),
    ...(options.maxMisses === undefined ? {} : { maxMisses: options.maxMisses }),
  });
  const tries = options.diagnose === false ? 0 : opening.triesLeft;
  const inquiry = { keyring, recent: opening.keys, tries, surroundings: options.surroundings ?? {} };
  const unopened = await diagnoseItems(sealed, opening.unopened, inquiry);
  const [first, ...others] = [...malformed, ...opening.failures, ...unopened].sort(byItem);
  return { opening, failures: first === undefined ? null : [first, ...others] };
}

/** True when every item of `sealed` opens where the object stands. No value is kept, and no reason found. */
export async function canOpen(
  sealed: SealedSecret,
  keyring: Keyring<OpeningKey>,
  options: Pick<OpenSealedOptions, 'maxMisses'> = {},
): Promise<boolean> {
  const { opening, failures } = await openSealed(sealed, keyring, { ...options, diagnose: false });
  for (const value of opening.opened.values()) value.wipe();
  return failures === null;
}

function byItem(a: ItemFailure, b: ItemFailure): number {
  return a.item < b.item ? -1 : 1;
}
