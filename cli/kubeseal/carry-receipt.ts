/** @module Keeps a receipt that `signet seal` left on a SealedSecret in step with items that are sealed here. None is added. */
import type { Fingerprint } from '../../shared/certificate/fingerprint.ts';
import { tryDecodeBase64 } from '../../shared/encoding/base64.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import {
  carryReceipt,
  hasReceipt,
  MAX_RECEIPT_LENGTH,
  readReceipt,
  type SealedValues,
} from '../../shared/sealing/receipt.ts';

/**
 * The receipt of `sealed` once `items` were sealed to the key of `fingerprint`: null when it has to go, because it cannot be
 * read or grows too long; empty when there is none.
 */
export async function receiptFor(
  sealed: SealedSecret,
  items: Readonly<Record<string, string>>,
  fingerprint: Fingerprint,
): Promise<{ readonly receipt?: string | null }> {
  if (!hasReceipt(sealed.metadata)) return {};
  const receipt = readReceipt(sealed.metadata ?? {});
  if (receipt === null) return { receipt: null };
  const text = await carryReceipt(receipt, { sealed: { fingerprint, values: valuesOf(items) } });
  return { receipt: text.length > MAX_RECEIPT_LENGTH ? null : text };
}

function valuesOf(items: Readonly<Record<string, string>>): SealedValues {
  const values = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [key, text] of Object.entries(items)) {
    const bytes = tryDecodeBase64(text);
    if (typeof bytes !== 'number') values.set(key, bytes);
  }
  return values;
}
