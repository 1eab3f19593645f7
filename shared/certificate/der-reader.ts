/**
 * @module Bounds-checked reading of DER, just enough for certificates and RSA keys. It knows tags and lengths,
 * not what the elements mean.
 */
import { CertificateError, type MalformedCode } from './errors.ts';

/** The DER tags that certificates and RSA keys need. */
export const DER_TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;

/** One element: `content` is the value, `raw` the whole of it with its tag and length. Both are views, not copies. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly raw: Uint8Array<ArrayBuffer>;
}

const MAX_LENGTH_BYTES = 3;

/**
 * Reads the elements of one level in order. Refused with `code`: lengths beyond the bytes, of indefinite or
 * non-minimal form, or of 16 MiB and more; tags of several bytes.
 */
export class DerReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #code: MalformedCode;
  #at = 0;

  /** Reads `bytes`, which must stay as they are; `code` is what every refusal is thrown with. */
  constructor(bytes: Uint8Array<ArrayBuffer>, code: MalformedCode) {
    this.#bytes = bytes;
    this.#code = code;
  }

  /** True when every byte has been read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The tag of the next element, or null at the end. */
  peekTag(): number | null {
    return this.#bytes[this.#at] ?? null;
  }

  /** The next element, whatever it is; `what` names it in the message of a refusal. */
  readAny(what: string): DerElement {
    const start = this.#at;
    const tag = this.#readByte(what);
    if ((tag & 0x1f) === 0x1f) this.fail(`${what} has a tag of several bytes`);
    const length = this.#readLength(what);
    if (length > this.#bytes.length - this.#at) this.fail(`${what} is cut short`);
    const content = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return { tag, content, raw: this.#bytes.subarray(start, this.#at) };
  }

  /** The next element, which must have `tag`. */
  read(tag: number, what: string): DerElement {
    const element = this.readAny(what);
    if (element.tag !== tag) this.fail(`${what} has tag ${hexByte(element.tag)}, expected ${hexByte(tag)}`);
    return element;
  }

  /** A reader of what is inside the next element, which must have `tag`. */
  enter(tag: number, what: string): DerReader {
    return new DerReader(this.read(tag, what).content, this.#code);
  }

  /** The next element's whole number, as minimal big-endian bytes; negative and padded numbers are refused. */
  readUnsigned(what: string): Uint8Array<ArrayBuffer> {
    const { content } = this.read(DER_TAG.integer, what);
    const [first, second] = content;
    if (first === undefined) this.fail(`${what} is an empty number`);
    if (first >= 0x80) this.fail(`${what} is negative`);
    if (first === 0 && second !== undefined && second < 0x80) this.fail(`${what} has a padded number`);
    return first === 0 && second !== undefined ? content.subarray(1) : content;
  }

  /** The bytes of the next element, a bit string without unused bits. */
  readBitString(what: string): Uint8Array<ArrayBuffer> {
    const { content } = this.read(DER_TAG.bitString, what);
    if (content[0] !== 0) this.fail(`${what} is no string of whole bytes`);
    return content.subarray(1);
  }

  /** Asserts that nothing follows. */
  expectEnd(what: string): void {
    if (!this.isAtEnd) this.fail(`bytes follow ${what}`);
  }

  /** Refuses the input. */
  fail(problem: string): never {
    const subject = this.#code === 'KEY_MALFORMED' ? 'private key' : 'certificate';
    throw new CertificateError(this.#code, `cannot read ${subject}: ${problem}`);
  }

  #readByte(what: string): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) this.fail(`${what} is missing`);
    this.#at += 1;
    return byte;
  }

  #readLength(what: string): number {
    const first = this.#readByte(`length of ${what}`);
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0) this.fail(`${what} has an indefinite length`);
    if (count > MAX_LENGTH_BYTES) this.fail(`${what} claims a huge length`);
    let length = 0;
    for (let read = 0; read < count; read += 1) length = length * 256 + this.#readByte(`length of ${what}`);
    if (length < 0x80 || length < 256 ** (count - 1)) this.fail(`${what} has a padded length`);
    return length;
  }
}

function hexByte(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
