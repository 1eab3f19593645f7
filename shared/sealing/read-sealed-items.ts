/** @module The items of a SealedSecret as envelopes, before any key is tried. The deprecated form has one, the whole Secret. */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { describeKind, isMap } from '../encoding/value-kind.ts';
import type { SealedSecret } from '../resources/sealed-secret.ts';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { SealingError } from './errors.ts';
import { type ItemFailure, type ItemFailureCode, itemFailure } from './item-failure.ts';
import { hasWholeSecret, refuseWholeSecret } from './whole-secret.ts';

/** One well-formed item; whether a key opens it is another question. */
export interface SealedItem {
  readonly name: string;
  readonly envelope: Envelope;
}

/** The items in the order of their names, and those that are not well-formed. */
export interface SealedItems {
  readonly items: readonly SealedItem[];
  readonly failures: readonly ItemFailure[];
}

/** The name under which the one value of the deprecated form is told of. */
export const WHOLE_SECRET = 'spec.data';

const SEAL_AGAIN = 'seal the value again: "signet set FILE KEY"';

/** Reads `spec.encryptedData`, or `spec.data`. Never throws: objects from files and from lax schemas can hold anything. */
export function readSealedItems(sealed: SealedSecret): SealedItems {
  if (hasWholeSecret(sealed)) return readWholeItem(sealed);
  const spec: unknown = sealed.spec;
  const data = isMap(spec) ? (spec['encryptedData'] ?? {}) : spec;
  if (!isMap(data)) return failed(notAMapFailure());
  const names = Object.keys(data).sort();
  const read = names.map((name) => readItem(name, data[name]));
  return {
    items: read.filter((result): result is SealedItem => 'envelope' in result),
    failures: read.filter((result): result is ItemFailure => 'code' in result),
  };
}

function readWholeItem(sealed: SealedSecret): SealedItems {
  const refusal = refuseWholeSecret(sealed, true);
  if (refusal !== null) return failed(refusal);
  const read = readItem(WHOLE_SECRET, sealed.spec.data);
  return 'code' in read ? failed(read) : { items: [read], failures: [] };
}

function readItem(item: string, value: unknown): SealedItem | ItemFailure {
  if (typeof value !== 'string') {
    return malformed(item, 'SEALED_VALUE_NOT_STRING', 'sealed value is not text', `found ${describeKind(value)}`);
  }
  const bytes = tryDecodeBase64(value);
  if (typeof bytes === 'number') {
    return malformed(item, 'SEALED_VALUE_NOT_BASE64', 'sealed value is not base64', `illegal data at byte ${bytes}`);
  }
  try {
    return { name: item, envelope: parseEnvelope(bytes) };
  } catch (error) {
    return failureOf(item, error);
  }
}

/** A refusal of the format or of the cipher as a failure of `item`. Anything that is no {@link SealingError} is thrown on. */
export function failureOf(item: string, error: unknown): ItemFailure {
  if (!(error instanceof SealingError)) throw error;
  return malformed(item, error.code as ItemFailureCode, error.message, '');
}

function malformed(item: string, code: ItemFailureCode, problem: string, reason: string): ItemFailure {
  return itemFailure({ item, code, problem, reason, hint: SEAL_AGAIN });
}

function failed(failure: ItemFailure): SealedItems {
  return { items: [], failures: [failure] };
}

function notAMapFailure(): ItemFailure {
  return itemFailure({
    item: '',
    code: 'SEALED_DATA_NOT_A_MAP',
    problem: '"spec.encryptedData" is not a map of item names to sealed values',
    hint: 'seal the Secret again',
  });
}
