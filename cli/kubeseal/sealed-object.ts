/**
 * @module SealedSecrets that exist already: which objects of the input are one, and what is changed about them, in the object for
 * printing, or in the text of the file, whose comments and order then stay.
 */
import { EncodingError } from '../../shared/encoding/errors.ts';
import type { TextEdit } from '../../shared/encoding/text-edit.ts';
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { replaceDocuments, stringifyLike } from '../../shared/encoding/yaml-edit.ts';
import { type DocumentEdit, editDocuments } from '../../shared/encoding/yaml-map-edit.ts';
import { RECEIPT_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { ManifestFile } from '../manifests/manifest-files.ts';
import { describeObject } from '../manifests/manifest-objects.ts';
import type { Session } from '../terminal/session.ts';
import { inputError } from './errors.ts';
import { FORMATS, objectsText } from './object-text.ts';
import type { Fields, InputObject } from './read-input.ts';

type Texts = Readonly<Record<string, string>>;

/** What is to change about one SealedSecret. Entries are added or replaced; none is removed. */
export interface SealedChange {
  readonly source: InputObject;
  /** New entries of `spec.encryptedData`. */
  readonly items: Texts;
  /** New entries of the template's labels and annotations. */
  readonly labels: Texts;
  readonly annotations: Texts;
  /** The receipt that fits the new items; null when the old one has to go; absent when there is none. */
  readonly receipt?: string | null;
}

const NO_SEALED_SECRET = 'no sealed secrets found. Ensure the input is valid and UTF-8 encoded';
/** Set by API servers, and of no use in a file. */
const SERVER_FIELDS = ['selfLink', 'uid', 'resourceVersion', 'generation', 'managedFields'];
const TIMES = ['creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

/** `objects`, all of which are SealedSecrets; at least one. @throws KubesealError `KUBESEAL_INPUT_INVALID` */
export function expectSealedSecrets(objects: readonly InputObject[]): readonly InputObject[] {
  if (objects.length === 0) throw inputError(NO_SEALED_SECRET);
  for (const object of objects) assertSealedSecret(object);
  return objects;
}

/** The SealedSecret of `object`, with its kind and version where it leaves them out. */
export function asSealedSecret({ value }: InputObject): SealedSecret {
  return { ...value, apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' } as unknown as SealedSecret;
}

/** The object after `change`, as it is printed: without what only the API server sets. */
export function changedObject(change: SealedChange): Fields {
  const sealed = asSealedSecret(change.source) as unknown as Fields;
  const { status: _status, ...rest } = sealed;
  const spec = fieldsOf(sealed['spec']);
  const template = fieldsOf(spec['template']);
  const metadata = fieldsOf(template['metadata']);
  const newMetadata = {
    ...metadata,
    ...extended(metadata, 'labels', change.labels),
    ...extended(metadata, 'annotations', change.annotations),
  };
  const newTemplate = { ...template, ...(Object.keys(newMetadata).length > 0 && { metadata: newMetadata }) };
  return {
    ...rest,
    metadata: metadataForPrint(fieldsOf(sealed['metadata']), change.receipt),
    spec: {
      ...spec,
      ...(Object.keys(newTemplate).length > 0 && { template: newTemplate }),
      encryptedData: { ...fieldsOf(spec['encryptedData']), ...change.items },
    },
  };
}

/**
 * `input` with `changes` made, one for each of its objects. A text that kubeseal printed is printed anew as kubeseal does; where another
 * one allows no such edit, its objects are written anew, and the user is told so.
 */
export function changeText({ report }: Session, input: ManifestFile, changes: readonly SealedChange[]): string {
  const before = changes.map(({ source }) => source.value);
  const format = FORMATS.find((one) => objectsText(before, one) === input.text);
  if (format !== undefined) return objectsText(changes.map(changedObject), format);
  const edits = changes.flatMap(editsOf).filter(({ edits }) => edits.length > 0);
  try {
    return editDocuments(input.text, edits);
  } catch (error) {
    if (!(error instanceof EncodingError) || error.code !== 'YAML_EDIT_REFUSED') throw error;
    if (changes.some(({ source }) => source.path.length > 0)) throw error;
    report.warn(`${input.input.name} is written anew, and comments in it are lost: ${error.message}`);
  }
  const replacements = changes.map((change) => {
    const value = changedObject(change);
    return {
      document: change.source.document,
      value,
      replacement: stringifyLike(input.text, change.source.document, value),
    };
  });
  return replaceDocuments(input.text, replacements);
}

function assertSealedSecret({ place, value }: InputObject): void {
  const { apiVersion, kind } = value;
  const isOne =
    (kind ?? 'SealedSecret') === 'SealedSecret' && (apiVersion ?? 'bitnami.com/v1alpha1') === 'bitnami.com/v1alpha1';
  if (!isOne) throw inputError(`${place}: ${describeObject(value)} is not a SealedSecret`);
  const maps = [value['metadata'], value['spec'], fieldsOf(value['spec'])['encryptedData']];
  if (maps.some((map) => map !== undefined && map !== null && fieldsOf(map) !== map)) {
    throw inputError(`${place}: metadata, spec and spec.encryptedData of a SealedSecret are maps`);
  }
}

function extended(parent: Fields, field: string, entries: Texts): Fields {
  return Object.keys(entries).length === 0 ? {} : { [field]: { ...fieldsOf(parent[field]), ...entries } };
}

function metadataForPrint(metadata: Fields, receipt: string | null | undefined): Fields {
  const kept = Object.entries(metadata).filter(([key]) => !SERVER_FIELDS.includes(key) && !TIMES.includes(key));
  if (receipt === undefined) return Object.fromEntries(kept);
  const { [RECEIPT_ANNOTATION]: _old, ...annotations } = fieldsOf(metadata['annotations']);
  const all = { ...annotations, ...(receipt !== null && { [RECEIPT_ANNOTATION]: receipt }) };
  return { ...Object.fromEntries(kept), annotations: all };
}

function editsOf({ source, items, labels, annotations, receipt }: SealedChange): readonly DocumentEdit[] {
  const { document, path } = source;
  const at = (place: readonly string[], edits: readonly TextEdit[]): DocumentEdit => ({
    document,
    path: [...path, ...place],
    edits,
  });
  return [
    at(['spec', 'encryptedData'], settings(items)),
    at(['spec', 'template', 'metadata', 'labels'], settings(labels)),
    at(['spec', 'template', 'metadata', 'annotations'], settings(annotations)),
    at(['metadata', 'annotations'], receiptEdits(receipt)),
  ];
}

function settings(entries: Texts): readonly TextEdit[] {
  return Object.entries(entries).map(([key, value]) => ({ kind: 'set', key, value }));
}

function receiptEdits(receipt: string | null | undefined): readonly TextEdit[] {
  if (receipt === undefined) return [];
  if (receipt === null) return [{ kind: 'remove', key: RECEIPT_ANNOTATION }];
  return [{ kind: 'set', key: RECEIPT_ANNOTATION, value: receipt }];
}
