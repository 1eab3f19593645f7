/** @module Puts new sealed values into the user's files: the lines of values and of the receipt change, and nothing else does. */
import { type DocumentEdit, editDocuments } from '../../shared/encoding/yaml-map-edit.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { RECEIPT_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { hasReceipt } from '../../shared/sealing/receipt.ts';
import { LocatedError } from '../terminal/errors.ts';
import type { OutputFile } from '../terminal/output-target.ts';
import { type ManifestFile, withByteOrderMark } from './manifest-files.ts';
import type { SealedObject } from './sealed-objects.ts';

/** One object's new values. */
export interface ObjectChange {
  readonly object: SealedObject;
  readonly values: ReadonlyMap<string, string>;
  /** Put in place of the one that is there; null removes it. */
  readonly receipt: string | null;
  /** Whether one is added where there is none. */
  readonly addsReceipt: boolean;
}

/** Files to write, the objects that change in them, and what could not be edited. */
export interface EditedFiles {
  readonly files: readonly OutputFile[];
  readonly changed: readonly ObjectChange[];
  readonly errors: readonly CodedError[];
}

const NO_SAFE_EDIT = 'write the object out in plain YAML, or seal the Secret again';

/** Edits every file that `changes` concern. An object that allows no safe edit is left as it is, alone. */
export function editFiles(changes: readonly ObjectChange[]): EditedFiles {
  const files: OutputFile[] = [];
  const changed: ObjectChange[] = [];
  const errors: CodedError[] = [];
  const meant = changes.filter((change) => editsOf(change).length > 0);
  for (const [file, own] of Map.groupBy(meant, ({ object }) => object.source.file)) {
    const edited = editOne(file, own);
    changed.push(...edited.changed);
    errors.push(...edited.errors);
    if (edited.changed.length === 0 || file.input.path === undefined) continue;
    const { name, path, bytes } = file.input;
    const content = withByteOrderMark(file, edited.text);
    files.push({ name, path, content, access: 'public', readAs: bytes });
  }
  return { files, changed, errors };
}

/** All objects of a file at once; if that is refused, one after the other. */
function editOne({ text }: ManifestFile, own: readonly ObjectChange[]) {
  const all = tryEdit(text, own);
  if (typeof all === 'string') return { text: all, changed: own, errors: [] };
  const changed: ObjectChange[] = [];
  const errors: CodedError[] = [];
  let edited = text;
  for (const change of own) {
    const next = tryEdit(edited, [change]);
    if (typeof next !== 'string')
      errors.push(new LocatedError(`cannot reseal ${change.object.title}`, next, NO_SAFE_EDIT));
    else {
      edited = next;
      changed.push(change);
    }
  }
  return { text: edited, changed, errors };
}

function tryEdit(text: string, changes: readonly ObjectChange[]): string | CodedError {
  try {
    return editDocuments(text, changes.flatMap(editsOf));
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

function editsOf({ object, values, receipt, addsReceipt }: ObjectChange): readonly DocumentEdit[] {
  const { document, path } = object.source;
  const edits: DocumentEdit[] = [];
  if (values.size > 0) {
    const sets = [...values].map(([key, value]) => ({ kind: 'set' as const, key, value }));
    edits.push({ document, path: [...path, 'spec', 'encryptedData'], edits: sets });
  }
  const key = RECEIPT_ANNOTATION;
  const had = hasReceipt(object.sealed.metadata);
  const annotations = [...path, 'metadata', 'annotations'];
  if (receipt !== null && (addsReceipt || (had && values.size > 0))) {
    if (annotationOf(object.sealed.metadata, key) !== receipt) {
      edits.push({ document, path: annotations, edits: [{ kind: 'set', key, value: receipt }] });
    }
  } else if (receipt === null && had && values.size > 0) {
    edits.push({ document, path: annotations, edits: [{ kind: 'remove', key }] });
  }
  return edits;
}
