/** @module The input of kubeseal: standard input or the file of `-f`, as bytes or as the objects in it, Lists taken apart. */
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { type ParsedDocument, parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { CliError } from '../terminal/errors.ts';
import { MAX_INPUT_BYTES, readInputFile, readStdin } from '../terminal/input-files.ts';
import { type Io, resolvePath } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { systemCodeOf } from '../terminal/system-error.ts';
import { fileError, KubesealError } from './errors.ts';
import type { KubesealFlags } from './kubeseal-flags.ts';

/** A map of fields: nothing more is known of it. */
export type Fields = Readonly<Record<string, unknown>>;

/** One object of the input. */
export interface InputObject {
  /** For messages: `stdin:4: document 2`, and the item of a List. */
  readonly place: string;
  readonly value: Fields;
  /** Where it stands in the text: the document, and the way to it in a List. */
  readonly document: ParsedDocument;
  readonly path: readonly string[];
}

/** A text and its documents. */
export interface InputText {
  readonly name: string;
  /** As it was read. */
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly documents: readonly ParsedDocument[];
}

const MAX_LIST_DEPTH = 8;

/** The bytes of the input. @throws KubesealError `KUBESEAL_FILE_UNREADABLE`; CliError */
export async function readInputBytes({ io }: Session, flags: KubesealFlags): Promise<Uint8Array> {
  const { secretFile } = flags;
  if (secretFile === '') return (await readStdin(io)).bytes;
  try {
    return await readNamedFile(io, secretFile);
  } catch (error) {
    const message = 'Could not read file specified with --secret-file';
    throw error instanceof KubesealError
      ? new KubesealError('KUBESEAL_FILE_UNREADABLE', message, { cause: error })
      : error;
  }
}

/** The documents of the input. @throws as {@link readInputBytes}; EncodingError for a text that cannot be read to its end */
export async function readInputText(session: Session, flags: KubesealFlags): Promise<InputText> {
  const name = flags.secretFile === '' ? 'stdin' : flags.secretFile;
  return parseText(name, await readInputBytes(session, flags));
}

/** The file `name` with its documents. @throws as {@link readInputText} */
export async function readTextFile(io: Io, name: string): Promise<InputText> {
  return parseText(name, await readNamedFile(io, name));
}

/** The bytes of the file `name`, which may be a pipe. @throws KubesealError `KUBESEAL_FILE_UNREADABLE`; CliError `CLI_INPUT_TOO_LARGE` */
export async function readNamedFile(io: Io, name: string): Promise<Uint8Array> {
  try {
    return (await readInputFile({ name, path: resolvePath(io, name), isFromDirectory: false })).bytes;
  } catch (error) {
    if (!(error instanceof CliError) || error.code !== 'CLI_INPUT_UNREADABLE') throw error;
    throw systemCodeOf(error.cause) === undefined ? error : fileError(name, error.cause);
  }
}

/** Every object of `input`, in order. Empty maps are nothing, as for kubeseal. @throws KubesealError `KUBESEAL_INPUT_INVALID` */
export function objectsOf({ name, documents }: InputText): readonly InputObject[] {
  return documents.flatMap((document) => {
    const place = `${name}:${document.line}: document ${document.index}`;
    return expand({ value: document.value, place, document, path: [] });
  });
}

/** `value` as a map of fields; empty for anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** How messages call the object: `ConfigMap "app"`, as far as it says. */
export function describe({ kind, metadata }: Fields): string {
  const { name } = fieldsOf(metadata);
  const noun = typeof kind === 'string' && kind !== '' ? kind : 'object';
  return typeof name === 'string' && name !== '' ? `${noun} ${JSON.stringify(name)}` : noun;
}

function parseText(name: string, bytes: Uint8Array): InputText {
  const text = decodeInputText(bytes, name);
  return { name, bytes, text, documents: parseDocuments(text, { where: name, maxBytes: MAX_INPUT_BYTES }) };
}

function expand(one: Omit<InputObject, 'value'> & { readonly value: unknown }, depth = 0): readonly InputObject[] {
  const { value, place, document, path } = one;
  if (!isFields(value)) {
    throw new KubesealError('KUBESEAL_INPUT_INVALID', `${place}: expected an object, found something else`);
  }
  const { kind, items } = value;
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  if (!isList || depth >= MAX_LIST_DEPTH) return Object.keys(value).length === 0 ? [] : [{ ...one, value }];
  return items.flatMap((item: unknown, at) =>
    expand(
      { value: item, place: `${place}: item ${at + 1}`, document, path: [...path, 'items', String(at)] },
      depth + 1,
    ),
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
