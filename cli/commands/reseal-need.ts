/** @module Which items of a SealedSecret need to be encrypted again, as far as its receipt tells. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import {
  checkReceipt,
  describeFinding,
  keysByItem,
  type ReceiptFinding,
  sealedItemsOf,
} from '../../shared/sealing/check-receipt.ts';
import { hasReceipt, readReceipt } from '../../shared/sealing/receipt.ts';
import type { SealedObject } from '../manifests/sealed-objects.ts';

/** The keys that a judgement knows: the one that is sealed to first. */
export type KnownKeys = readonly Fingerprint[];

/** What a receipt says of an object. */
export interface Need {
  /** Items that are sealed to the newest key. */
  readonly current: ReadonlySet<string>;
  /** Items that are sealed to another key, with that key. */
  readonly stale: ReadonlyMap<string, Fingerprint>;
  /** Items of which nothing is known. */
  readonly unknown: ReadonlySet<string>;
  /** Ways in which the object differs from its receipt, so that it may not open; unknown items are not among them. */
  readonly findings: readonly ReceiptFinding[];
}

/** Judges `object`; the first of `keys` is the newest. */
export async function judgeNeed({ sealed }: SealedObject, keys: KnownKeys): Promise<Need> {
  const receipt = readReceipt(sealed.metadata);
  const known = receipt === null ? new Map<string, Fingerprint>() : await keysByItem(sealed, receipt);
  const findings = receipt === null ? [] : await checkReceipt(sealed, receipt);
  const names = sealedItemsOf(sealed).map(([item]) => item);
  return {
    current: new Set(names.filter((item) => known.get(item) === keys[0])),
    stale: new Map([...known].filter(([, key]) => key !== keys[0])),
    unknown: new Set(names.filter((item) => !known.has(item))),
    findings: findings.filter(({ kind }) => kind !== 'item-unknown'),
  };
}

/** What `need` comes to, one line per cause, without the object's name; none when nothing has to be done. */
export function describeNeed({ stale, findings }: Need, keys: KnownKeys): readonly string[] {
  const byKey = Map.groupBy(stale, ([, key]) => key);
  const lines = [...byKey].map(([key, items]) => {
    const which = keys.includes(key) ? 'the older key' : 'a key that is not among the known ones,';
    return `sealed to ${which} ${key} (${items.map(([item]) => item).join(', ')})`;
  });
  return [...lines, ...findings.map(describeFinding)];
}

/** Why nothing is known of some items of `object`. */
export function describeUnknown({ sealed }: SealedObject, { unknown }: Need): string {
  const items = [...unknown].join(', ');
  if (!hasReceipt(sealed.metadata)) return `it has no receipt, so it cannot be told which key ${items} was sealed to`;
  return `its receipt says nothing of ${items}, so it cannot be told which key was used`;
}
