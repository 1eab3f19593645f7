/**
 * @module Requests to the template program and its answers as bytes: numbers of four bytes, most significant first, and texts
 * with their length in front. Values are bytes in both directions; shared/template/go/protocol.go is the other side.
 */
import { SecretBytes } from '../errors/secret-bytes.ts';
import type { TemplateRequest } from '../sealing/template-renderer.ts';

/** Why a template fails; the place of each is its number in the answer. */
const CAUSES = ['syntax', 'unknown-function', 'function', 'missing', 'value', 'output-too-large', 'too-deep'] as const;

/** Why a template fails, as the program tells it. */
export type TemplateCause = (typeof CAUSES)[number];

/** One template that fails. Nothing in it comes from a value: places and names are those of the template's source. */
export interface TemplateFailure {
  readonly key: string;
  readonly cause: TemplateCause;
  /** From 1; 0 when unknown. */
  readonly line: number;
  /** In bytes, from 1; 0 when unknown. */
  readonly column: number;
  /** The function that fails or is unknown, or what is missing, such as `.user`; empty when unknown. */
  readonly subject: string;
}

/** What the program answered. */
export interface TemplateAnswer {
  readonly outputs: ReadonlyMap<string, SecretBytes>;
  readonly failures: readonly TemplateFailure[];
}

/** What the sources of the templates tell without being run: the same whatever the values are. */
export interface TemplateOutline {
  /** Those that do not parse. */
  readonly failures: readonly TemplateFailure[];
  /** Values that a template needs, as far as its source says so, and that are not there. */
  readonly absent: readonly { readonly key: string; readonly name: string }[];
}

const NUMBER_BYTES = 4;

/** The keys of the templates in the order in which the program is told of them: equal objects give equal requests. */
export function templateOrder({ templates }: Pick<TemplateRequest, 'templates'>): readonly string[] {
  return [...templates.keys()].sort();
}

/** `request` in the form of the program, which may print `maxOutputBytes` in all. The result holds values: wipe it. */
export function encodeRequest(request: TemplateRequest, maxOutputBytes: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder();
  const values = [...request.values.keys()]
    .sort()
    .flatMap((key) => [text.encode(key), request.values.get(key) ?? new Uint8Array()]);
  const templates = templateOrder(request).flatMap((key) => [
    text.encode(key),
    text.encode(request.templates.get(key) ?? ''),
  ]);
  const writer = new ByteWriter(4, [...values, ...templates]);
  writer.number(request.missing === 'no-value' ? 1 : 0);
  writer.number(maxOutputBytes);
  for (const entries of [values, templates]) {
    writer.number(entries.length / 2);
    for (const entry of entries) writer.text(entry);
  }
  return writer.bytes;
}

/** Reads the program's answer on the templates `keys`, in their order. @throws RangeError when it is cut short. */
export function decodeAnswer(answer: Uint8Array, keys: readonly string[]): TemplateAnswer {
  const reader = new ByteReader(answer);
  const outputs = new Map<string, SecretBytes>();
  const failures: TemplateFailure[] = [];
  for (const key of keys) {
    const cause = CAUSES[reader.number() - 1];
    if (cause === undefined) {
      outputs.set(key, new SecretBytes(reader.text().slice()));
      continue;
    }
    failures.push(readFailure(reader, key, cause));
  }
  return { outputs, failures };
}

/** Reads what the program told of the templates `keys` before it ran them. @throws RangeError when it is cut short. */
export function decodeOutline(outline: Uint8Array, keys: readonly string[]): TemplateOutline {
  const failures: TemplateFailure[] = [];
  const absent: { readonly key: string; readonly name: string }[] = [];
  const reader = new ByteReader(outline);
  for (const key of outline.length === 0 ? [] : keys) {
    const cause = CAUSES[reader.number() - 1];
    if (cause !== undefined) failures.push(readFailure(reader, key, cause));
    for (let left = reader.number(); left > 0; left -= 1)
      absent.push({ key, name: new TextDecoder().decode(reader.text()) });
  }
  return { failures, absent };
}

function readFailure(reader: ByteReader, key: string, cause: TemplateCause): TemplateFailure {
  const [line, column] = [reader.number(), reader.number()];
  return { key, cause, line, column, subject: new TextDecoder().decode(reader.text()) };
}

class ByteWriter {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;

  /** For `numbers` numbers and all of `texts`. */
  constructor(numbers: number, texts: readonly Uint8Array[]) {
    const length = texts.reduce((total, text) => total + NUMBER_BYTES + text.length, numbers * NUMBER_BYTES);
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  number(value: number): void {
    this.#view.setUint32(this.#at, value);
    this.#at += NUMBER_BYTES;
  }

  text(text: Uint8Array): void {
    this.number(text.length);
    this.bytes.set(text, this.#at);
    this.#at += text.length;
  }
}

class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  number(): number {
    const value = this.#view.getUint32(this.#at);
    this.#at += NUMBER_BYTES;
    return value;
  }

  /** A view of the next text. */
  text(): Uint8Array {
    const length = this.number();
    const text = this.#bytes.subarray(this.#at, this.#at + length);
    if (text.length < length) throw new RangeError('the answer is cut short');
    this.#at += length;
    return text;
  }
}
