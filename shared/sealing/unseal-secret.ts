/**
 * @module Turns a SealedSecret into its Secret: open the items, say why those that fail do, build the object. It
 * writes nothing and knows no cluster; owner references are the controller's to add.
 */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import { encodeBase64 } from '../encoding/base64.ts';
import { encodeUtf8 } from '../encoding/bytes.ts';
import type { SecretBytes } from '../errors/secret-bytes.ts';
import type { ObjectMeta } from '../resources/object-meta.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import type { Secret } from '../resources/secret.ts';
import { diagnoseItems } from './diagnose-items.ts';
import { SealingError } from './errors.ts';
import { describeFailures, type ItemFailure } from './item-failure.ts';
import type { Keyring, OpeningKey } from './keyring.ts';
import { openItems } from './open-items.ts';
import { readSealedItems } from './read-sealed-items.ts';
import { placeOf, type SealedPlace } from './scope.ts';
import { type CheckedTemplate, readTemplate } from './secret-template.ts';

export { describeFailures, type ItemFailure };

/** Either every item, or why at least one of them does not open. */
export type UnsealResult =
  | {
      readonly kind: 'opened';
      /** By key of `spec.encryptedData`. The receiver wipes them after use. */
      readonly items: ReadonlyMap<string, SecretBytes>;
      /** The keys that opened them. */
      readonly keys: ReadonlySet<Fingerprint>;
    }
  | {
      readonly kind: 'failed';
      /** Every item that fails, in the order of their names; at least one. */
      readonly failures: readonly [ItemFailure, ...ItemFailure[]];
    };

/** A SealedSecret that does not open; `code` is that of the first failing item. */
export class UnsealError extends SealingError {
  readonly failures: readonly ItemFailure[];

  /** `subject` names the object, as in `SealedSecret "shop/db"`. */
  constructor(subject: string, failures: readonly [ItemFailure, ...ItemFailure[]]) {
    const [{ code, hint }] = failures;
    super(code, `cannot unseal ${subject}: ${describeFailures(failures)}`, hint === undefined ? {} : { hint });
    this.failures = failures;
  }
}

/** Opens every item of `sealed` with the keys of `keyring`. Everything that an object can be guilty of is a value here. */
export async function unsealItems(sealed: SealedSecret, keyring: Keyring<OpeningKey>): Promise<UnsealResult> {
  const { items, failures: malformed } = readSealedItems(sealed);
  const opening = await openItems(items, placeOf(sealed).label, keyring);
  const unopened = await diagnoseItems(sealed, opening.unopened, { keyring, recent: opening.keys });
  const [first, ...others] = [...malformed, ...opening.failures, ...unopened].sort(byItem);
  if (first === undefined)
    return { kind: 'opened', items: opening.opened, keys: new Set(opening.keys.map((key) => key.fingerprint)) };
  for (const item of opening.opened.values()) item.wipe();
  return { kind: 'failed', failures: [first, ...others] };
}

/**
 * The Secret of `sealed`, for use without a cluster: it has no owner reference.
 * @throws UnsealError with every item that does not open; SealingError `TEMPLATE_NOT_SUPPORTED`, `TEMPLATE_INVALID`.
 */
export async function unsealSecret(sealed: SealedSecret, keyring: Keyring<OpeningKey>): Promise<Secret> {
  const result = await unsealItems(sealed, keyring);
  if (result.kind === 'failed') {
    const { namespace, name } = placeOf(sealed);
    const place = namespace === '' ? name : `${namespace}/${name}`;
    throw new UnsealError(`SealedSecret ${JSON.stringify(place)}`, result.failures);
  }
  try {
    return secretFromItems(sealed, result.items);
  } finally {
    for (const item of result.items.values()) item.wipe();
  }
}

/**
 * The Secret that `sealed` asks for, made of its opened `items`, which stay as they are. Name and namespace are the
 * SealedSecret's, all else is the template's. For a key on both sides the sealed item wins over a literal of the
 * template, and null in the template removes the key.
 * @throws SealingError `TEMPLATE_NOT_SUPPORTED`, `TEMPLATE_INVALID`.
 */
export function secretFromItems(sealed: SealedSecret, items: ReadonlyMap<string, SecretBytes>): Secret {
  const template = readTemplate(sealed);
  const { type, immutable } = template;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: secretMetadata(placeOf(sealed), template),
    ...(type !== undefined && { type }),
    ...(immutable !== undefined && { immutable }),
    data: secretData(template.data, items),
  };
}

function secretMetadata({ name, namespace }: SealedPlace, template: CheckedTemplate): ObjectMeta {
  const { labels, annotations, finalizers } = template;
  return {
    name,
    ...(namespace !== '' && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    ...(finalizers && { finalizers }),
  };
}

/** Built from entries: assignment would lose a key named `__proto__`. */
function secretData(
  literals: ReadonlyMap<string, string | null>,
  items: ReadonlyMap<string, SecretBytes>,
): Record<string, string> {
  const data = new Map<string, string>();
  for (const [key, literal] of literals) if (literal !== null) data.set(key, encodeBase64(encodeUtf8(literal)));
  for (const [key, value] of items) if (literals.get(key) !== null) data.set(key, encodeBase64(value.expose()));
  return Object.fromEntries([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function byItem(a: ItemFailure, b: ItemFailure): number {
  return a.item < b.item ? -1 : 1;
}
