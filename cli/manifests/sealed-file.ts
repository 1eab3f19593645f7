/**
 * @module A SealedSecret in a file, chosen among others and edited in place: only the lines of the items concerned change, and the
 * receipt is carried along.
 */
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import type { TextEdit } from '../../shared/encoding/text-edit.ts';
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { type DocumentEdit, editDocuments } from '../../shared/encoding/yaml-map-edit.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { RECEIPT_ANNOTATION } from '../../shared/resources/names.ts';
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { carryReceipt, MAX_RECEIPT_LENGTH, type ReceiptChange, readReceipt } from '../../shared/sealing/receipt.ts';
import { scopeOf } from '../../shared/sealing/scope.ts';
import { CliError, LocatedError, throwIfAny, usageError } from '../terminal/errors.ts';
import { FileChangedError } from '../terminal/file-claims.ts';
import { isDirectory, STDIN_NAME } from '../terminal/input-files.ts';
import type { Session } from '../terminal/session.ts';
import { readManifests, withByteOrderMark } from './manifest-files.ts';
import { describeObject, isSealedSecret, type ManifestObject, objectsOf } from './manifest-objects.ts';

/** A SealedSecret that can be edited where it stands. */
export interface SealedFile {
  readonly object: ManifestObject;
  /** The object; its name is not empty and its items are a map or absent. */
  readonly sealed: SealedSecret;
  /** Names of its items, in the order of the file. */
  readonly keys: readonly string[];
  /** For messages: `SealedSecret "shop/db" in "a.yaml"`. */
  readonly title: string;
}

/** What of a receipt's change an edit of a file can be. */
export type ItemChange = Omit<ReceiptChange, 'place'>;

/** How often an edit is made anew on what others have written, and the wait before that, which grows. */
const MAX_ATTEMPTS = 30;
const PAUSE_MS = 5;

/** What did not happen when something is wrong. */
export const NOTHING_CHANGED = 'nothing was changed';

/**
 * The SealedSecret in file `name`. Of several, `choice` names one, as `name` or `namespace/name`.
 * @throws CliError, EncodingError; SeveralErrors for a file that cannot be read
 */
export async function openSealedFile(session: Session, name: string, choice: string | undefined): Promise<SealedFile> {
  if (name === STDIN_NAME) throw usageError('cannot edit standard input', 'name a file');
  if (isDirectory(session.io, name)) throw usageError(`cannot edit the directory "${name}"`, 'name one file');
  const { files, errors } = await readManifests(session, [name], 'SealedSecret');
  throwIfAny(errors, NOTHING_CHANGED);
  const found = files.flatMap(objectsOf).filter(({ value }) => isSealedSecret(value));
  return checked(chooseOne(name, found, choice));
}

/**
 * The text of the file after `change`.
 * @throws LocatedError `YAML_EDIT_REFUSED`
 */
async function editSealedFile({ object, sealed }: SealedFile, change: ItemChange): Promise<string> {
  const { file, document, path } = object;
  const edits: DocumentEdit[] = [{ document, path: [...path, 'spec', 'encryptedData'], edits: itemEdits(change) }];
  const receipt = await receiptEdits(sealed.metadata, change);
  if (receipt.length > 0) edits.push({ document, path: [...path, 'metadata', 'annotations'], edits: receipt });
  try {
    return withByteOrderMark(file, editDocuments(file.text, edits, file.documents));
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    throw new LocatedError(object.place, error);
  }
}

/**
 * Writes the text of the file after `change`, whole or not at all. What others have written into it meanwhile stays, as long as the
 * object is bound to the same place and the items of `change` are as they were.
 * @throws as {@link editSealedFile}; FileChangedError; CliError `CLI_OUTPUT_FAILED`
 */
export async function writeSealedFile(session: Session, target: SealedFile, change: ItemChange): Promise<void> {
  const { writeOutputFiles } = await import('../terminal/output-file.ts');
  let current = target;
  for (let attempt = 1; ; attempt += 1) {
    const { name, path = '', bytes } = current.object.file.input;
    const content = await editSealedFile(current, change);
    try {
      return await writeOutputFiles([{ name, path, content, access: 'public', readAs: bytes }], session.io.signal);
    } catch (error) {
      if (!(error instanceof FileChangedError) || attempt >= MAX_ATTEMPTS) throw error;
      await session.io.sleep(PAUSE_MS * attempt);
      current = await readAgain(session, target, change, error);
    }
  }
}

/** The object as it is now. @throws `changed` when `change` would be another one there */
async function readAgain(
  session: Session,
  target: SealedFile,
  change: ItemChange,
  changed: FileChangedError,
): Promise<SealedFile> {
  const { name, path } = target.object.file.input;
  const { files } = await readManifests(session, [path ?? name], 'SealedSecret');
  const named = files.map((file) => ({ ...file, input: { ...file.input, name } }));
  const found = named.flatMap(objectsOf).filter(({ value }) => isSealedSecret(value));
  const [only, ...others] = found.filter(({ value }) => isSamePlace(value, target.sealed));
  const isKept = (key: string): boolean => itemOf(only?.value, key) === itemOf(target.sealed, key);
  if (only === undefined || others.length > 0 || !touchedKeys(change).every(isKept)) throw changed;
  return checked(only);
}

function isSamePlace(value: unknown, { metadata }: SealedSecret): boolean {
  const { name, namespace, annotations } = fieldsOf(fieldsOf(value)['metadata']);
  const isSame = name === metadata.name && (namespace ?? '') === (metadata.namespace ?? '');
  return isSame && scopeOf({ annotations } as ObjectMeta) === scopeOf(metadata);
}

function itemOf(value: unknown, key: string): unknown {
  const items = fieldsOf(fieldsOf(fieldsOf(value)['spec'])['encryptedData']);
  return Object.hasOwn(items, key) ? items[key] : undefined;
}

function touchedKeys({ removed = [], renamed = new Map(), sealed }: ItemChange): readonly string[] {
  return [...removed, ...[...renamed].flat(), ...(sealed?.values.keys() ?? [])];
}

/** In the order that receipts are changed in: removed, renamed, sealed. */
function itemEdits({ removed = [], renamed, sealed }: ItemChange): readonly TextEdit[] {
  return [
    ...[...removed].map((key): TextEdit => ({ kind: 'remove', key })),
    ...[...(renamed ?? [])].map(([key, to]): TextEdit => ({ kind: 'rename', key, to })),
    ...[...(sealed?.values ?? [])].map(([key, value]): TextEdit => ({ kind: 'set', key, value: encodeBase64(value) })),
  ];
}

/** An object without a receipt gets none: it would speak of some of its items only. */
async function receiptEdits(metadata: ObjectMeta, change: ItemChange): Promise<readonly TextEdit[]> {
  const receipt = readReceipt(metadata);
  if (receipt === null) return [];
  const value = await carryReceipt(receipt, change);
  if (value.length > MAX_RECEIPT_LENGTH) return [{ kind: 'remove', key: RECEIPT_ANNOTATION }];
  return [{ kind: 'set', key: RECEIPT_ANNOTATION, value }];
}

function chooseOne(name: string, found: readonly ManifestObject[], choice: string | undefined): ManifestObject {
  const fitting = choice === undefined ? found : found.filter(({ value }) => isCalled(value, choice));
  const [only, ...others] = fitting;
  if (only !== undefined && others.length === 0) return only;
  if (found.length === 0) {
    throw new CliError('CLI_WRONG_KIND', `cannot edit "${name}": it holds no SealedSecret`, {
      hint: 'seal a Secret into it with `signet seal`, or name a file that does not exist yet',
    });
  }
  const names = (fitting.length === 0 ? found : fitting).map(({ value }) => describeObject(value)).join(', ');
  const problem =
    only === undefined ? `it holds no SealedSecret "${choice}"` : `it holds ${fitting.length} SealedSecrets`;
  throw usageError(`cannot edit "${name}": ${problem}: ${names}`, 'choose one with --object [namespace/]name');
}

function isCalled(value: unknown, choice: string): boolean {
  const { name, namespace } = fieldsOf(fieldsOf(value)['metadata']);
  return choice === name || choice === `${namespace}/${name}`;
}

function checked(object: ManifestObject): SealedFile {
  const { value, place, file } = object;
  const title = `${describeObject(value)} in "${file.input.name}"`;
  const refused = (problem: string, hint?: string): CliError => {
    const details = hint === undefined ? {} : { hint };
    return new CliError('CLI_OBJECT_INVALID', `${place}: cannot edit ${describeObject(value)}: ${problem}`, details);
  };
  const { metadata, spec } = fieldsOf(value);
  const { name, namespace } = fieldsOf(metadata);
  if (typeof name !== 'string' || name === '') throw refused('metadata.name is missing');
  if (typeof (namespace ?? '') !== 'string') throw refused('metadata.namespace is not text', 'quote the value');
  // A slash would let two places share the label that values are bound to.
  if (`${name}${namespace ?? ''}`.includes('/')) throw refused('its name or namespace contains a slash');
  const { encryptedData, data } = fieldsOf(spec);
  if (typeof data === 'string' && data !== '') {
    throw refused('it has the deprecated spec.data, whose items cannot be told apart', 'seal the Secret again');
  }
  const items = encryptedData ?? {};
  if (typeof items !== 'object' || Array.isArray(items)) throw refused('spec.encryptedData is no map');
  return { object, sealed: value as SealedSecret, keys: Object.keys(items), title };
}
