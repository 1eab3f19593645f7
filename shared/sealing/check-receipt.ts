/**
 * @module Compares a SealedSecret with its receipt, which needs neither a cluster nor a key. What it finds are mistakes of honest people:
 * a receipt proves nothing.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { isMap } from '../encoding/value-kind.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { boundPlace, digestOf, type Receipt } from './receipt.ts';
import { placeOf, type Scope } from './scope.ts';

/** One way in which an object differs from its receipt. */
export type ReceiptFinding =
  /** It was sealed for another namespace, or another name. */
  | { readonly kind: 'moved' | 'renamed'; readonly from: string; readonly to: string }
  | { readonly kind: 'scope-differs'; readonly sealedAs: Scope; readonly says: Scope }
  /** `item-edited`: other text than was sealed. `item-unknown`: not in the receipt. `item-missing`: only there. */
  | { readonly kind: 'item-edited' | 'item-unknown' | 'item-missing'; readonly item: string };

/** Every finding, those about the place first, then by item. Empty when the object is as it was sealed. */
export async function checkReceipt(sealed: SealedSecret, receipt: Receipt): Promise<readonly ReceiptFinding[]> {
  return [...placeFindings(sealed, receipt), ...(await itemFindings(sealed, receipt))];
}

/** True for what is about the place of the object: none of its values opens there. */
export function isMove({ kind }: ReceiptFinding): boolean {
  return kind === 'moved' || kind === 'renamed' || kind === 'scope-differs';
}

/** How `finding` is told to a person, without the object's name. */
export function describeFinding(finding: ReceiptFinding): string {
  switch (finding.kind) {
    case 'moved':
      return `sealed for namespace ${JSON.stringify(finding.from)}, the object is in ${JSON.stringify(finding.to)}`;
    case 'renamed':
      return `sealed for name ${JSON.stringify(finding.from)}, the object is ${JSON.stringify(finding.to)}`;
    case 'scope-differs':
      return `sealed as ${finding.sealedAs}, the object says ${finding.says}`;
    case 'item-edited':
      return `item ${JSON.stringify(finding.item)} was changed after sealing`;
    case 'item-unknown':
      return `item ${JSON.stringify(finding.item)} is not in the receipt`;
    case 'item-missing':
      return `item ${JSON.stringify(finding.item)} of the receipt is gone`;
  }
}

/** The keys that the items of `sealed` were sealed to, as far as `receipt` still speaks of these very items. */
export async function keysByItem(sealed: SealedSecret, receipt: Receipt): Promise<ReadonlyMap<string, Fingerprint>> {
  const keys = new Map<string, Fingerprint>();
  for (const [item, value] of sealedItemsOf(sealed)) {
    const known = receipt.items.get(item);
    if (known !== undefined && (await isSame(value, known.digest))) keys.set(item, known.fingerprint);
  }
  return keys;
}

/** The entries of `spec.encryptedData`, whatever they hold; none when it is no map. */
export function sealedItemsOf(sealed: SealedSecret): readonly (readonly [string, unknown])[] {
  const spec: unknown = sealed.spec;
  const data = isMap(spec) ? spec['encryptedData'] : undefined;
  return isMap(data) ? Object.entries(data) : [];
}

function placeFindings(sealed: SealedSecret, receipt: Receipt): readonly ReceiptFinding[] {
  const place = placeOf(sealed);
  // Compared under the receipt's scope: under the object's own, a name that the value was never bound to would count.
  const now = boundPlace({ ...place, scope: receipt.scope });
  const findings: ReceiptFinding[] = [];
  // Files often leave the namespace to whoever applies them: nothing is known of it then.
  if (receipt.namespace !== now.namespace && now.namespace !== '') {
    findings.push({ kind: 'moved', from: receipt.namespace, to: now.namespace });
  }
  if (receipt.name !== now.name) findings.push({ kind: 'renamed', from: receipt.name, to: now.name });
  if (receipt.scope !== place.scope) {
    findings.push({ kind: 'scope-differs', sealedAs: receipt.scope, says: place.scope });
  }
  return findings;
}

async function itemFindings(sealed: SealedSecret, receipt: Receipt): Promise<readonly ReceiptFinding[]> {
  const values = new Map(sealedItemsOf(sealed));
  const findings: ReceiptFinding[] = [];
  for (const item of [...new Set([...values.keys(), ...receipt.items.keys()])].sort()) {
    const known = receipt.items.get(item);
    if (known === undefined) findings.push({ kind: 'item-unknown', item });
    else if (!values.has(item)) findings.push({ kind: 'item-missing', item });
    else if (!(await isSame(values.get(item), known.digest))) findings.push({ kind: 'item-edited', item });
  }
  return findings;
}

async function isSame(value: unknown, digest: string): Promise<boolean> {
  const bytes = typeof value === 'string' ? tryDecodeBase64(value) : 0;
  return typeof bytes !== 'number' && (await digestOf(bytes)) === digest;
}
