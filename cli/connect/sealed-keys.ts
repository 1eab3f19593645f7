/** @module Which SealedSecrets of some files can hardly be opened any more, as far as receipts and the controller's key list tell. */
import type { KeyList } from '../../shared/resources/key-list.ts';
import { SEALED_SECRET_KIND } from '../../shared/resources/names.ts';
import { groupOf, identityOf } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { keysByItem, sealedItemsOf } from '../../shared/sealing/check-receipt.ts';
import { readReceipt } from '../../shared/sealing/receipt.ts';
import { describeOrigin, type RenderedObject } from '../../shared/sync-plan/rendered-object.ts';

/** Items of one SealedSecret that are sealed to a key that does not open them now. */
export interface ClosedItems {
  /** `shop/db (deploy/db.yaml:3)`. */
  readonly object: string;
  readonly items: readonly string[];
  readonly fingerprint: string;
  /** `retired`: its Secret is kept. `missing`: the controller knows no such key. */
  readonly state: 'retired' | 'missing';
}

/** What is known of the SealedSecrets of some files. Receipts are hints: only opening tells for sure. */
export interface SealedReport {
  readonly sealedSecrets: number;
  readonly closed: readonly ClosedItems[];
  /** SealedSecrets of which some item has no receipt, so that its key is not known. */
  readonly unknown: readonly string[];
}

const SEALED_GROUP = 'bitnami.com';

/** Compares the receipts among `objects` with the keys of `list`. */
export async function reportSealed(objects: readonly RenderedObject[], list: KeyList): Promise<SealedReport> {
  const states = new Map<string, string>(list.keys.map(({ fingerprint, state }) => [fingerprint, state]));
  for (const { fingerprint } of list.unusable) if (fingerprint !== undefined) states.set(fingerprint, 'decrypt-only');
  const sealed = objects.filter(
    ({ object }) => object.kind === SEALED_SECRET_KIND && groupOf(object.apiVersion) === SEALED_GROUP,
  );
  const closed: ClosedItems[] = [];
  const unknown: string[] = [];
  for (const { object, origin } of sealed) {
    const { namespace, name } = identityOf(object);
    const words = `${namespace === '' ? '' : `${namespace}/`}${name} (${describeOrigin(origin)})`;
    const receipt = readReceipt(object.metadata);
    const keys = receipt === null ? new Map<string, string>() : await keysByItem(object as SealedSecret, receipt);
    if (sealedItemsOf(object as SealedSecret).some(([item]) => !keys.has(item))) unknown.push(words);
    closed.push(...closedItems(words, keys, states));
  }
  return { sealedSecrets: sealed.length, closed, unknown };
}

function closedItems(
  object: string,
  keys: ReadonlyMap<string, string>,
  states: ReadonlyMap<string, string>,
): readonly ClosedItems[] {
  const byKey = Map.groupBy(keys, ([, fingerprint]) => fingerprint);
  return [...byKey].flatMap(([fingerprint, items]): ClosedItems[] => {
    const known = states.get(fingerprint);
    if (known !== undefined && known !== 'retired') return [];
    const state = known === 'retired' ? 'retired' : 'missing';
    return [{ object, items: items.map(([item]) => item), fingerprint, state }];
  });
}
