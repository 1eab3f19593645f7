/** @module The one SealedSecret that a request carries, as JSON or YAML, from callers who may send anything. */
import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import { EncodingError } from '../../shared/encoding/errors.ts';
import { isMap, isTextMap } from '../../shared/encoding/value-kind.ts';
import { sizeOf } from '../../shared/encoding/value-size.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { SEALED_SECRET_API_VERSION, SEALED_SECRET_KIND } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';

/** The object, with whatever else it holds, or why there is none; the reason quotes nothing but names of fields and keys. */
export type SealedObjectResult =
  | { readonly kind: 'sealed'; readonly sealed: SealedSecret }
  | { readonly kind: 'refused'; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

/** Nodes and characters that an object may have for each byte of its text: with aliases a small question could be dear to answer. */
const MAX_SIZE_PER_BYTE = 2;

/** Reads `body`. Whether the object opens is another question. Never throws. */
export function readSealedObject(body: Uint8Array): SealedObjectResult {
  const text = decodeUtf8(body);
  if (text === null) return refused('the body is not UTF-8');
  try {
    const [document, ...others] = parseDocuments(text, { where: 'the body' });
    if (document === undefined) return refused('the body is empty');
    if (others.length > 0) return refused('the body holds several objects, expected one');
    const maxSize = MAX_SIZE_PER_BYTE * body.length;
    if (sizeOf(document.value, maxSize) > maxSize) return refused('the object is too large with its aliases');
    const reason = faultOf(document.value);
    return reason === null ? { kind: 'sealed', sealed: document.value as SealedSecret } : refused(reason);
  } catch (error) {
    if (error instanceof EncodingError) return refused(error.message);
    throw error;
  }
}

function refused(reason: string): SealedObjectResult {
  return { kind: 'refused', reason };
}

/** The first field that is not of the form that opening relies on; null when there is none. */
function faultOf(value: unknown): string | null {
  if (!isMap(value)) return 'expected a SealedSecret, found no object';
  const { apiVersion, kind, metadata, spec } = value;
  if (kind !== SEALED_SECRET_KIND || apiVersion !== SEALED_SECRET_API_VERSION) {
    return `expected ${SEALED_SECRET_API_VERSION} ${SEALED_SECRET_KIND}, found another kind`;
  }
  if (!isMap(metadata)) return '"metadata" is not a map';
  if (!isMap(spec)) return '"spec" is not a map';
  return metadataFault(metadata) ?? specFault(spec);
}

function metadataFault({ name, namespace = null, annotations = null }: Fields): string | null {
  if (!isSegment(name)) return '"metadata.name" is not the name of an object';
  if (namespace !== null && namespace !== '' && !isSegment(namespace)) {
    return '"metadata.namespace" is not the name of an object';
  }
  return annotations === null || isTextMap(annotations) ? null : '"metadata.annotations" is not a map of texts';
}

function specFault({ encryptedData = null, data = null }: Fields): string | null {
  if (encryptedData !== null && !isTextMap(encryptedData)) return '"spec.encryptedData" is not a map of texts';
  return data === null || typeof data === 'string' ? null : '"spec.data" is not text';
}

/** With a slash inside, two places would share a label. */
function isSegment(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('/');
}
