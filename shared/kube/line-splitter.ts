/** @module Cuts a stream of bytes into lines of text. */
import { KubeError } from './errors.ts';

const NEWLINE = 0x0a;

/** Collects chunks and gives out whole lines; a character that two chunks share is decoded once it is complete. */
export class LineSplitter {
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #size = 0;

  /** Lines longer than `maxBytes` are refused. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The non-empty lines that `chunk` completes. Throws `KUBE_TOO_LARGE` for a line that is too long. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      start = end + 1;
      const line = this.#take();
      if (line !== '') lines.push(line);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(part: Uint8Array): void {
    this.#size += part.length;
    if (this.#size > this.#maxBytes) {
      throw new KubeError(
        'KUBE_TOO_LARGE',
        `cannot follow the watch: one event is larger than ${this.#maxBytes} bytes`,
      );
    }
    this.#parts.push(part);
  }

  #take(): string {
    const [first] = this.#parts;
    const bytes =
      this.#parts.length === 1 && first
        ? Buffer.from(first.buffer, first.byteOffset, first.length)
        : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    return bytes.toString('utf8');
  }
}
