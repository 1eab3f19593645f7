/** @module The manifests that the user names with `-f`, read and parsed, with everything that cannot be. */
import { decodeInputText } from '../../shared/encoding/input-text.ts';
import { type ParsedDocument, parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import { CodedError } from '../../shared/errors/coded-error.ts';
import { CliError } from '../terminal/errors.ts';
import {
  findInputs,
  type InputFile,
  type InputPlace,
  MAX_INPUT_BYTES,
  readInputFile,
  readStdin,
  STDIN_NAME,
} from '../terminal/input-files.ts';
import type { Io } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';

/** One input with its documents. */
export interface ManifestFile {
  readonly input: InputFile;
  /** The whole text, without byte-order mark. */
  readonly text: string;
  readonly documents: readonly ParsedDocument[];
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];

/** `text`, an edited form of the text of `file`, with the byte-order mark that the file had. What was UTF-16 becomes UTF-8. */
export function withByteOrderMark({ input }: ManifestFile, text: string): string {
  return UTF8_MARK.every((byte, at) => input.bytes[at] === byte) ? `\ufeff${text}` : text;
}

/** What could be read, and what not. */
export interface ReadManifests {
  readonly files: readonly ManifestFile[];
  readonly errors: readonly CodedError[];
}

/**
 * Reads `names`, or standard input when there are none. A file that is named twice is read once.
 * @param word a word that every interesting file below a directory contains; files without it are not parsed.
 */
export async function readManifests(
  session: Session,
  names: readonly string[] | undefined,
  word: string,
): Promise<ReadManifests> {
  const errors: CodedError[] = [];
  const files: ManifestFile[] = [];
  for await (const read of eachManifest(session, names, word)) {
    if (read instanceof CodedError) errors.push(read);
    else files.push(read);
  }
  return { files, errors };
}

/** As {@link readManifests}, one after the other: a file is read when it is asked for, and an error stands for what cannot be. */
export async function* eachManifest(
  session: Session,
  names: readonly string[] | undefined,
  word: string,
): AsyncGenerator<ManifestFile | CodedError> {
  const { io, report } = session;
  if (names === undefined && io.stdin.isTty) report.note('reading manifests from the terminal; end them with Ctrl-D');
  const errors: CodedError[] = [];
  const places = findPlaces(io, names ?? [STDIN_NAME], errors);
  yield* errors;
  for (const place of places) {
    io.signal.throwIfAborted();
    try {
      const input = place === STDIN_NAME ? await readStdin(io) : await readInputFile(place);
      yield parseFile(input, word);
    } catch (error) {
      yield withHint(asCoded(error));
    }
  }
}

/** Where to read, in the order of `names`; what cannot be looked at is added to `errors`. */
function findPlaces(
  io: Io,
  names: readonly string[],
  errors: CodedError[],
): readonly (InputPlace | typeof STDIN_NAME)[] {
  const places = new Map<string, InputPlace | typeof STDIN_NAME>();
  for (const name of names) {
    try {
      if (name === STDIN_NAME) places.set(STDIN_NAME, STDIN_NAME);
      else for (const place of findInputs(io, name)) if (!places.has(place.path)) places.set(place.path, place);
    } catch (error) {
      errors.push(asCoded(error));
    }
  }
  return [...places.values()];
}

/** Manifests, unlike other inputs, can be cut. */
function withHint(error: CodedError): CodedError {
  if (!(error instanceof CliError) || error.code !== 'CLI_INPUT_TOO_LARGE') return error;
  return new CliError(error.code, error.message, { hint: 'a cluster takes no object above 1.5 MiB: split the file' });
}

/** What is foreseen is collected; anything else is a defect and ends the run. */
function asCoded(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  throw error;
}

/**
 * The text and the documents of `input`. A file out of a directory without `word` in it is not parsed.
 * @throws EncodingError
 */
export function parseManifest(input: InputFile, word = ''): ManifestFile {
  const text = decodeInputText(input.bytes, input.name);
  if (input.isFromDirectory && !text.includes(word)) return { input, text, documents: [] };
  return { input, text, documents: parseDocuments(text, { where: input.name, maxBytes: MAX_INPUT_BYTES }) };
}

/** @throws EncodingError; CliError `CLI_INPUT_EMPTY` for a file that was named and holds nothing. */
function parseFile(input: InputFile, word: string): ManifestFile {
  const file = parseManifest(input, word);
  if (file.documents.length > 0 || input.isFromDirectory) return file;
  throw new CliError('CLI_INPUT_EMPTY', `cannot read a manifest from ${input.name}: it is empty`, {
    hint: input.path === undefined ? 'name a file with -f, or pipe one in' : 'check that this is the file you mean',
  });
}
