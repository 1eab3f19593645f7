/**
 * @module Encrypts the values of a SealedSecret again, to another key and for the very same place. The template is neither read nor
 * rendered: whoever may ask for this must learn nothing of the values, not even from whether it works.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import type { SealingCertificate } from '../certificate/read-certificate.ts';
import { decodeBase64, encodeBase64 } from '../encoding/base64.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import { RECEIPT_ANNOTATION } from '../resources/names.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import type { ItemFailure } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { type OpenSealedOptions, openSealed } from './open-sealed.ts';
import { WHOLE_SECRET } from './read-sealed-items.ts';
import { hasReceipt, MAX_RECEIPT_LENGTH, makeReceipt, type SealedValues } from './receipt.ts';
import { placeOf } from './scope.ts';
import { sealValue } from './value-cipher.ts';
import { isWholeSecret } from './whole-secret.ts';

/** How {@link resealItems} works. */
export interface ResealOptions extends OpenSealedOptions {
  /** Leaves items as they are that are sealed to the certificate already; default false. */
  readonly keepCurrent?: boolean;
}

/** The new values, or every item that does not open. */
export type ResealResult = Resealed | ResealRefused;

/** New values, in the order of the old ones. */
export interface Resealed {
  readonly kind: 'resealed';
  /** What takes the place of the fields of `spec` with these names; no other field changes. */
  readonly spec: { readonly encryptedData: Readonly<Record<string, string>> } | { readonly data: string };
  /** Items that were encrypted again; `spec.data` for the deprecated form. */
  readonly items: ReadonlySet<string>;
  /** The receipt of the new values; null when it would be too long, and for the deprecated form. */
  readonly receipt: string | null;
}

/** Nothing was sealed. */
export interface ResealRefused {
  readonly kind: 'failed';
  /** Every item that does not open, in the order of their names. */
  readonly failures: readonly [ItemFailure, ...ItemFailure[]];
}

/**
 * Opens every item of `sealed` and seals it to `certificate` with the same label. All or nothing: with one item that does not open
 * nothing is sealed.
 * @throws CertificateError `CERT_WEAK_KEY`
 */
export async function resealItems(
  sealed: SealedSecret,
  keyring: Keyring<OpeningKey>,
  certificate: SealingCertificate,
  options: ResealOptions = {},
): Promise<ResealResult> {
  const { opening, failures } = await openSealed(sealed, keyring, options);
  try {
    if (failures !== null) return { kind: 'failed', failures };
    const keyOf = (item: string): Fingerprint | undefined => opening.openers.get(item)?.fingerprint;
    const isStale = (item: string): boolean => options.keepCurrent !== true || keyOf(item) !== certificate.fingerprint;
    const stale = [...opening.opened].filter(([item]) => isStale(item));
    const fresh = await sealAll(stale, placeOf(sealed).label, certificate);
    return await resultOf(sealed, fresh, (item) => (fresh.has(item) ? certificate.fingerprint : keyOf(item)));
  } finally {
    for (const value of opening.opened.values()) value.wipe();
  }
}

/** `sealed` with `resealed` in place; everything else, status included, is the same. A receipt is renewed, and never added. */
export function withResealed(sealed: SealedSecret, resealed: Resealed): SealedSecret {
  const spec = { ...sealed.spec, ...resealed.spec };
  if (!hasReceipt(sealed.metadata)) return { ...sealed, spec };
  const annotations = Object.entries(sealed.metadata.annotations ?? {}).flatMap(([name, value]) => {
    if (name !== RECEIPT_ANNOTATION) return [[name, value]];
    return resealed.receipt === null ? [] : [[name, resealed.receipt]];
  });
  return { ...sealed, metadata: { ...sealed.metadata, annotations: Object.fromEntries(annotations) }, spec };
}

async function sealAll(
  plaintexts: readonly (readonly [string, SecretBytes])[],
  label: Uint8Array<ArrayBuffer>,
  certificate: SealingCertificate,
): Promise<SealedValues> {
  const sealed = await Promise.all(
    plaintexts.map(async ([item, plaintext]) => [item, await sealValue(certificate, label, plaintext)] as const),
  );
  return new Map(sealed);
}

async function resultOf(
  sealed: SealedSecret,
  fresh: SealedValues,
  keyOf: (item: string) => Fingerprint | undefined,
): Promise<Resealed> {
  const items = new Set(fresh.keys());
  if (isWholeSecret(sealed)) {
    const value = fresh.get(WHOLE_SECRET);
    const data = value === undefined ? (sealed.spec.data ?? '') : encodeBase64(value);
    return { kind: 'resealed', spec: { data }, items, receipt: null };
  }
  const texts = new Map(Object.entries(sealed.spec.encryptedData ?? {}));
  for (const [item, value] of fresh) texts.set(item, encodeBase64(value));
  const receipt = await receiptOf(sealed, texts, keyOf);
  return { kind: 'resealed', spec: { encryptedData: Object.fromEntries(texts) }, items, receipt };
}

/**
 * The receipt of `texts`, the sealed values of `sealed` by item, as far as `keyOf` knows their keys; null when it would be too long.
 * @throws EncodingError BASE64_INVALID
 */
export async function receiptOf(
  sealed: SealedSecret,
  texts: ReadonlyMap<string, string>,
  keyOf: (item: string) => Fingerprint | undefined,
): Promise<string | null> {
  const values = new Map<Fingerprint, Map<string, Uint8Array<ArrayBuffer>>>();
  for (const [item, text] of texts) {
    const key = keyOf(item);
    if (key === undefined) continue;
    values.set(key, (values.get(key) ?? new Map<string, Uint8Array<ArrayBuffer>>()).set(item, decodeBase64(text)));
  }
  const receipt = await makeReceipt(placeOf(sealed), values);
  return receipt.length > MAX_RECEIPT_LENGTH ? null : receipt;
}
