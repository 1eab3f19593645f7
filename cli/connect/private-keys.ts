/**
 * @module The private keys that `--private-key` names, for unsealing without a cluster: PEM, a key Secret, or a List of them.
 * Nothing read here is ever quoted.
 */
import { availableParallelism } from 'node:os';
import { tryDecodeBase64 } from '../../shared/encoding/base64.ts';
import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { importOpeningKey, Keyring, type OpeningKey } from '../../shared/sealing/keyring.ts';
import { CliError, LocatedError, secretAsArgument, throwIfAny } from '../terminal/errors.ts';
import { findInputs, readInputFile } from '../terminal/input-files.ts';
import type { Session } from '../terminal/session.ts';

/** One private key's text and the instant its Secret was made, where it says so. */
interface KeyText {
  readonly place: string;
  readonly pem: string;
  readonly createdAt?: Date;
}

// In a manifest the text of a key is indented or quoted; only a PEM file has it at the start of a line.
const PEM_START = /^-----BEGIN /m;
const KEY_ENTRY = 'tls.key';
const MAX_LIST_DEPTH = 8;
const MAX_LANES = 4;

/**
 * Every private key in the files `names`; `consequence` says what does not happen without them.
 * @throws SeveralErrors of CertificateError `KEY_*`, EncodingError, and CliError `CLI_PRIVATE_KEY_UNREADABLE`, `CLI_USAGE`.
 */
export async function readPrivateKeys(
  session: Session,
  names: readonly string[],
  consequence: string,
): Promise<Keyring<OpeningKey>> {
  const errors: CodedError[] = [];
  const keep = async <Result>(task: () => Promise<readonly Result[]>): Promise<readonly Result[]> => {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      errors.push(error);
      return [];
    }
  };
  const texts = await Promise.all(names.map((name) => keep(() => readKeyTexts(session, name))));
  const keys = await Promise.all(texts.flat().map((text) => keep(async () => [await importKey(text)])));
  throwIfAny(errors, consequence);
  return new Keyring(keys.flat());
}

async function importKey({ place, pem, createdAt }: KeyText): Promise<OpeningKey> {
  try {
    const lanes = Math.min(MAX_LANES, availableParallelism());
    return await importOpeningKey({ privateKeyPem: pem, lanes, ...(createdAt === undefined ? {} : { createdAt }) });
  } catch (error) {
    throw error instanceof CodedError ? new LocatedError(place, error) : error;
  }
}

async function readKeyTexts(session: Session, name: string): Promise<readonly KeyText[]> {
  const text = decodeInputText(await readKeyFile(session, name), `"${name}"`);
  if (PEM_START.test(text)) return [{ place: `"${name}"`, pem: text }];
  const documents = parseDocuments(text, { where: `"${name}"` });
  const found = documents.flatMap(({ value, index }) => keysOf(value, `"${name}": document ${index}`));
  if (found.length === 0) throw unreadable(name, 'it holds neither a PEM block nor a Secret with one');
  return found;
}

async function readKeyFile({ io }: Session, name: string): Promise<Uint8Array> {
  if (PEM_START.test(name)) throw secretAsArgument('--private-key');
  try {
    const [place] = findInputs(io, name);
    if (place === undefined || place.isFromDirectory) throw unreadable(name, 'it is a directory');
    return (await readInputFile(place)).bytes;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(
      'CLI_PRIVATE_KEY_UNREADABLE',
      error.message,
      error.hint === undefined ? {} : { hint: error.hint },
    );
  }
}

function keysOf(value: unknown, place: string, depth = 0): readonly KeyText[] {
  const { items, kind, data, stringData, metadata } = fieldsOf(value);
  if (Array.isArray(items) && depth < MAX_LIST_DEPTH) {
    return items.flatMap((item, at) => keysOf(item, `${place}: item ${at + 1}`, depth + 1));
  }
  if (kind !== undefined && kind !== 'Secret') throw unreadable(place, 'it is no Secret');
  const plain = fieldsOf(stringData)[KEY_ENTRY];
  const createdAt = instantOf(fieldsOf(metadata)['creationTimestamp']);
  const pem = typeof plain === 'string' ? plain : decodeEntry(fieldsOf(data)[KEY_ENTRY], place);
  return [{ place, pem, ...(createdAt === null ? {} : { createdAt }) }];
}

function decodeEntry(entry: unknown, place: string): string {
  if (typeof entry !== 'string') throw unreadable(place, `the Secret has no "${KEY_ENTRY}"`);
  const bytes = tryDecodeBase64(entry);
  const text = typeof bytes === 'number' ? null : decodeUtf8(bytes);
  if (text === null) throw unreadable(place, `"data.${KEY_ENTRY}" is not the base64 form of a text`);
  return text;
}

function instantOf(value: unknown): Date | null {
  const at = typeof value === 'string' ? new Date(value) : null;
  return at === null || Number.isNaN(at.getTime()) ? null : at;
}

function unreadable(name: string, reason: string): CliError {
  return new CliError('CLI_PRIVATE_KEY_UNREADABLE', `cannot read a private key from ${name}: ${reason}`, {
    hint: 'give the PEM text of the key, or the key Secret as kubectl prints it',
  });
}
