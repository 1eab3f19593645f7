/** @module The output of `git cat-file --batch`, which comes in pieces of any size, as whole objects. */

/** Receives one object. The array is the receiver's own. */
export type ObjectReceiver = (oid: string, bytes: Uint8Array<ArrayBuffer>) => void;

const MAX_HEADER_LENGTH = 256;

/** Parses `<oid> SP <type> SP <size> LF <content> LF` repeatedly. `<oid> missing` and anything else throws. */
export class BatchParser {
  readonly #receive: ObjectReceiver;
  readonly #maxBytes: number;
  #header = '';
  #oid = '';
  #body: Uint8Array<ArrayBuffer> | null = null;
  #filled = 0;

  /** `maxBytes`: largest object that memory is set aside for. */
  constructor(maxBytes: number, receive: ObjectReceiver) {
    this.#maxBytes = maxBytes;
    this.#receive = receive;
  }

  /** Takes the next piece. @throws Error when it is not what `cat-file --batch` prints */
  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#body === null ? this.#readHeader(rest) : this.#readBody(this.#body, rest);
  }

  /** Whether the output may end here. */
  isAtBoundary(): boolean {
    return this.#body === null && this.#header === '';
  }

  #readHeader(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(10);
    this.#header += Buffer.from(end < 0 ? chunk : chunk.subarray(0, end)).toString('latin1');
    if (this.#header.length > MAX_HEADER_LENGTH) throw new Error('a header is too long');
    if (end < 0) return chunk.subarray(chunk.length);
    const match = /^([0-9a-f]{40,64}) blob (\d+)$/.exec(this.#header);
    const size = Number(match?.[2]);
    if (match?.[1] === undefined || size > this.#maxBytes)
      throw new Error('an object is missing, no blob or too large');
    this.#oid = match[1];
    this.#header = '';
    this.#body = new Uint8Array(size);
    this.#filled = 0;
    return chunk.subarray(end + 1);
  }

  #readBody(body: Uint8Array<ArrayBuffer>, chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, body.length - this.#filled);
    body.set(part, this.#filled);
    this.#filled += part.length;
    const rest = chunk.subarray(part.length);
    if (this.#filled < body.length || rest.length === 0) return rest;
    // The line feed after the content.
    this.#body = null;
    this.#receive(this.#oid, body);
    return rest.subarray(1);
  }
}
