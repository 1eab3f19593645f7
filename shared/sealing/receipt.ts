/**
 * @module The receipt that sealing leaves on a SealedSecret: which key sealed each item, for which place, and a digest of what came
 * out. It is public and anybody can write one, so it is a hint that saves work and finds mistakes, and never a proof.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import { encodeBase64Url } from '../encoding/base64.ts';
import { parseJson } from '../encoding/json.ts';
import { isMap } from '../encoding/value-kind.ts';
import { RECEIPT_ANNOTATION } from '../resources/names.ts';
import { annotationOf, type ObjectMeta } from '../resources/object-meta.ts';
import { SCOPES, type Scope, type SealedPlace } from './scope.ts';

/** What a receipt says of one item. */
export interface ReceiptItem {
  /** Of the key that it was sealed to. */
  readonly fingerprint: Fingerprint;
  /** As {@link digestOf} gives it for the sealed value. */
  readonly digest: string;
}

/** A well-formed receipt. Nothing that it says has to be true. */
export interface Receipt {
  readonly scope: Scope;
  /** Empty where the scope does not bind to it. */
  readonly namespace: string;
  /** Empty where the scope does not bind to it. */
  readonly name: string;
  /** By key of `spec.encryptedData`. */
  readonly items: ReadonlyMap<string, ReceiptItem>;
}

/** Sealed values by item name. */
export type SealedValues = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** What happened to the items of an object, in this order: items are removed, renamed, sealed. */
export interface ReceiptChange {
  /** Where the object stands now; absent: where it stood. */
  readonly place?: ReceiptPlace;
  readonly removed?: Iterable<string>;
  /** New name by old name. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** Items that are new, or sealed anew, under one key. */
  readonly sealed?: { readonly fingerprint: Fingerprint; readonly values: SealedValues };
}

/** The part of a place that a receipt can name. */
export type ReceiptPlace = Pick<SealedPlace, 'scope' | 'namespace' | 'name'>;

/** Longer ones are neither written nor read: the API server takes 256 KiB for all annotations of an object. */
export const MAX_RECEIPT_LENGTH = 128 * 1024;

const VERSION = 1;
const DIGEST_BYTES = 16;
const DIGEST = /^[A-Za-z0-9_-]{22}$/;
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{43}$/;

/** The receipt in `metadata`; null when there is none, or none that can be read. Never throws. */
export function readReceipt(metadata: ObjectMeta): Receipt | null {
  const text: unknown = annotationOf(metadata, RECEIPT_ANNOTATION);
  if (typeof text !== 'string' || text.length > MAX_RECEIPT_LENGTH) return null;
  try {
    return parseReceipt(parseJson(text));
  } catch {
    return null;
  }
}

/** True when there is something that calls itself a receipt, whether it can be read or not. */
export function hasReceipt(metadata: ObjectMeta | undefined): boolean {
  return annotationOf(metadata ?? {}, RECEIPT_ANNOTATION) !== undefined;
}

/** The keys that the receipt in `metadata` names, by item: to be tried first, not to be believed. */
export function receiptHints(metadata: ObjectMeta): ReadonlyMap<string, Fingerprint> {
  const items = readReceipt(metadata)?.items ?? new Map<string, ReceiptItem>();
  return new Map([...items].map(([item, { fingerprint }]) => [item, fingerprint]));
}

/** The text of a receipt for items that were sealed for `place`. Equal input gives equal text. */
export async function makeReceipt(
  place: ReceiptPlace,
  valuesByKey: ReadonlyMap<Fingerprint, SealedValues>,
): Promise<string> {
  const sealed = [...valuesByKey].flatMap(([fingerprint, values]) =>
    [...values].map((one) => [fingerprint, ...one] as const),
  );
  const items = await Promise.all(
    sealed.map(async ([fingerprint, name, value]) => [name, { fingerprint, digest: await digestOf(value) }] as const),
  );
  return formatReceipt({ ...boundPlace(place), items: new Map(items) });
}

/** The text of `receipt` after `change`. What the change does not name is taken over as it is, mistakes included. */
export async function carryReceipt(receipt: Receipt, change: ReceiptChange): Promise<string> {
  const items = new Map(receipt.items);
  for (const name of change.removed ?? []) items.delete(name);
  for (const [name, to] of change.renamed ?? []) {
    const item = items.get(name);
    items.delete(name);
    if (item !== undefined) items.set(to, item);
  }
  for (const [name, value] of change.sealed?.values ?? []) {
    if (change.sealed) items.set(name, { fingerprint: change.sealed.fingerprint, digest: await digestOf(value) });
  }
  return formatReceipt({ ...(change.place === undefined ? receipt : boundPlace(change.place)), items });
}

/** Digest of a sealed value: unpadded base64url of the first 16 bytes of its SHA-256. */
export async function digestOf(sealedValue: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', sealedValue));
  return encodeBase64Url(digest.subarray(0, DIGEST_BYTES));
}

/** `place` as a receipt names it: only as far as its scope binds. */
export function boundPlace({ scope, namespace, name }: ReceiptPlace): ReceiptPlace {
  return {
    scope,
    namespace: scope === 'cluster-wide' ? '' : namespace,
    name: scope === 'strict' ? name : '',
  };
}

/** `annotations` without a receipt: in a Secret, or in a template, it has no meaning. */
export function withoutReceipt(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== RECEIPT_ANNOTATION));
}

/** Built from entries: assignment would lose an item named `__proto__`. */
function formatReceipt({ scope, namespace, name, items }: Receipt): string {
  const byKey = Map.groupBy([...items].sort(byFirst), ([, item]) => item.fingerprint);
  const keys = [...byKey]
    .sort(byFirst)
    .map(([fingerprint, own]) => [fingerprint, Object.fromEntries(own.map(([item, { digest }]) => [item, digest]))]);
  return JSON.stringify({
    v: VERSION,
    scope,
    ...(scope !== 'cluster-wide' && { namespace }),
    ...(scope === 'strict' && { name }),
    keys: Object.fromEntries(keys),
  });
}

function parseReceipt(value: unknown): Receipt | null {
  if (!isMap(value) || value['v'] !== VERSION) return null;
  const scope = SCOPES.find((known) => known === value['scope']);
  const { namespace = '', name = '' } = value;
  if (scope === undefined || typeof namespace !== 'string' || typeof name !== 'string') return null;
  const items = parseItems(value['keys']);
  return items === null ? null : { ...boundPlace({ scope, namespace, name }), items };
}

/** Null unless everything is in its form and no item is named twice. */
function parseItems(keys: unknown): ReadonlyMap<string, ReceiptItem> | null {
  if (!isMap(keys)) return null;
  const items = new Map<string, ReceiptItem>();
  for (const [fingerprint, digests] of Object.entries(keys)) {
    if (!FINGERPRINT.test(fingerprint) || !isMap(digests)) return null;
    for (const [item, digest] of Object.entries(digests)) {
      if (typeof digest !== 'string' || !DIGEST.test(digest) || items.has(item)) return null;
      items.set(item, { fingerprint: fingerprint as Fingerprint, digest });
    }
  }
  return items;
}

function byFirst([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
