/**
 * @module The deprecated form of a SealedSecret: one sealed value in `spec.data` that is the JSON of a whole Secret. Reading it
 * never quotes anything, since all of it is secret.
 */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/bytes.ts';
import { parseJson } from '../encoding/json.ts';
import { isMap } from '../encoding/value-kind.ts';
import { CodedError } from '../errors/coded-error.ts';
import { SecretBytes } from '../errors/secret-bytes.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { FieldReader } from './check-fields.ts';
import { type ItemFailure, itemFailure } from './item-failure.ts';
import { type CheckedTemplate, readShape } from './secret-template.ts';

/** What was inside: the values, and all that else stands in a template. */
export interface WholeSecret {
  readonly items: ReadonlyMap<string, SecretBytes>;
  readonly template: CheckedTemplate;
}

type Fields = Readonly<Record<string, unknown>>;

const SEAL_AGAIN = 'seal the Secret again, which writes "spec.encryptedData"';

/** True when `spec.data` holds something, alone or beside items. */
export function hasWholeSecret(sealed: SealedSecret): boolean {
  const spec: unknown = sealed.spec;
  return isMap(spec) && typeof spec['data'] === 'string' && spec['data'] !== '';
}

/** True when `spec.data` alone holds something. An object with both forms is refused. */
export function isWholeSecret(sealed: SealedSecret): boolean {
  return hasWholeSecret(sealed) && !hasItems(sealed);
}

/** Why the deprecated form of `sealed` is not looked at, in words that sealed-secrets' users know; null when it is. */
export function refuseWholeSecret(sealed: SealedSecret, isAccepted: boolean): ItemFailure | null {
  if (!isAccepted) {
    const problem = "using deprecated 'data' field, use 'encryptedData' or flip the feature flag";
    return itemFailure({ item: '', code: 'UNSEAL_V1_REFUSED', problem, hint: SEAL_AGAIN });
  }
  if (!hasItems(sealed)) return null;
  const problem = "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time";
  return itemFailure({ item: '', code: 'UNSEAL_V1_CONFLICT', problem, hint: 'remove "spec.data"' });
}

/** The Secret whose JSON is `opened`, or why it is none. Its name, namespace and owners do not count. */
export function readWholeSecret(opened: SecretBytes): WholeSecret | ItemFailure {
  const secret = readObject(opened);
  if (secret === null) return malformed('it is not a JSON object');
  if (secret['kind'] !== 'Secret' || secret['apiVersion'] !== 'v1') return malformed('it is not a Secret of v1');
  const reader = new FieldReader();
  const shape = readShape(reader, secret, 'the Secret');
  const items = readValues(secret, reader);
  // The reader names fields, and names of labels and keys are as secret as the rest.
  if (items === null || reader.faults.length > 0) return malformed('a field of it has the wrong form');
  return { items, template: { ...shape, data: new Map() } };
}

function hasItems({ spec: { encryptedData } }: SealedSecret): boolean {
  return isMap(encryptedData) && Object.keys(encryptedData).length > 0;
}

function readObject(opened: SecretBytes): Fields | null {
  const text = decodeUtf8(opened.expose());
  if (text === null) return null;
  try {
    const value = parseJson(text);
    return isMap(value) ? value : null;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return null;
  }
}

function readValues(secret: Fields, reader: FieldReader): ReadonlyMap<string, SecretBytes> | null {
  const items = new Map<string, SecretBytes>();
  for (const [key, value] of Object.entries(reader.map(secret['data'], 'data'))) {
    // A null value is what Go writes for a value without bytes.
    const bytes = value === null ? new Uint8Array(0) : typeof value === 'string' ? tryDecodeBase64(value) : -1;
    if (typeof bytes === 'number') return null;
    items.set(key, new SecretBytes(bytes));
  }
  for (const [key, text] of reader.texts(secret['stringData'], 'stringData')) {
    items.set(key, new SecretBytes(encodeUtf8(text)));
  }
  return items;
}

function malformed(reason: string): ItemFailure {
  const problem = "what is sealed in the deprecated field 'data' is no Secret";
  return itemFailure({ item: '', code: 'UNSEAL_V1_MALFORMED', problem, reason, hint: SEAL_AGAIN });
}
