/** @module The objects of manifest files, Lists taken apart, each with its place for messages. */
import { fieldsOf, textOf } from '../../shared/encoding/value-kind.ts';
import type { ParsedDocument } from '../../shared/encoding/yaml-documents.ts';
import { groupOf } from '../../shared/resources/object-meta.ts';
import type { ManifestFile } from './manifest-files.ts';

/** A value as it stands in a file: nothing is known of it. */
export interface ManifestObject {
  readonly file: ManifestFile;
  readonly document: ParsedDocument;
  /** For messages: `secrets.yaml:4: document 2`, and the item of a List. */
  readonly place: string;
  /** Keys and indexes that lead from the document to the object; empty for the document itself. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Every object of `file` in order; the items of a `v1` List in place of the List, however deep. */
export function objectsOf(file: ManifestFile): readonly ManifestObject[] {
  return file.documents.flatMap((document) => {
    const place = `${file.input.name}:${document.line}: document ${document.index}`;
    return expand({ file, document, place, path: [], value: document.value });
  });
}

/** How a person calls the object: `ConfigMap "shop/app"`, as far as it says. */
export function describeObject(value: unknown): string {
  const { kind, metadata } = fieldsOf(value);
  const { namespace, name, generateName } = fieldsOf(metadata);
  const [place, title] = [namespace, name ?? generateName].map(textOf);
  const noun = typeof kind === 'string' && kind !== '' ? kind : 'object without a kind';
  if (!place) return title ? `${noun} ${JSON.stringify(title)}` : noun;
  // A namespace alone would read as a name.
  return `${noun} ${JSON.stringify(`${place}/${title || '?'}`)}`;
}

/** True for a list of objects: kind List, or any other kind ending in it that holds items. */
export function isList(value: unknown): boolean {
  const { kind, items } = fieldsOf(value);
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
}

/** True when the object says that it is a Secret of the core group, well-formed or not. */
export function isSecret(value: unknown): boolean {
  const { apiVersion, kind } = fieldsOf(value);
  return kind === 'Secret' && (typeof apiVersion !== 'string' || groupOf(apiVersion) === '');
}

/** True when the object says that it is a SealedSecret. */
export function isSealedSecret(value: unknown): boolean {
  const { apiVersion, kind } = fieldsOf(value);
  return kind === 'SealedSecret' && typeof apiVersion === 'string' && groupOf(apiVersion) === 'bitnami.com';
}

/** Invariant: ends for any value. An alias can make a list its own item, and no list of use is nested deeper. */
const MAX_LIST_DEPTH = 8;

function expand(object: ManifestObject, depth = 0): readonly ManifestObject[] {
  if (!isList(object.value) || depth >= MAX_LIST_DEPTH) return [object];
  const { items } = fieldsOf(object.value);
  return (items as readonly unknown[]).flatMap((value, at) =>
    expand(
      {
        ...object,
        place: `${object.place}: item ${at + 1}`,
        path: [...object.path, 'items', String(at)],
        value: withKindOfList(object.value, value),
      },
      depth + 1,
    ),
  );
}

/** An item of a typed list, such as SecretList, may leave out what the list says already. */
function withKindOfList(list: unknown, item: unknown): unknown {
  const { kind, apiVersion } = fieldsOf(list);
  const fields = fieldsOf(item);
  if (kind === 'List' || typeof kind !== 'string' || Object.keys(fields).length === 0) return item;
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...fields };
}
