/** @module Holds secret material so that printing it by accident shows a placeholder. */

const PLACEHOLDER = '[secret]';

/**
 * Bytes that must not be shown. `String()`, template literals, `JSON.stringify` and `console.log` print
 * a placeholder; only `expose` gives the content. The instance owns its buffer.
 */
export class SecretBytes {
  readonly #bytes: Uint8Array<ArrayBuffer>;

  /** Takes over `bytes`: the caller no longer uses or changes them. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** The UTF-8 bytes of `text`. */
  static fromText(text: string): SecretBytes {
    return new SecretBytes(new TextEncoder().encode(text));
  }

  /** Length in bytes; it is no secret. */
  get length(): number {
    return this.#bytes.length;
  }

  /** The content itself, not a copy. Callers keep it no longer than they need it. */
  expose(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** Overwrites the content with zeros. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toString(): string {
    return PLACEHOLDER;
  }

  toJSON(): string {
    return PLACEHOLDER;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return PLACEHOLDER;
  }
}
