/** @module One line that a person types without seeing it: what the keys of a terminal in raw mode do to it. */
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';

/** What the bytes so far came to. `several`: more than one line arrived at once, as from a paste. */
export type HiddenLineState = 'open' | 'done' | 'ended' | 'interrupted' | 'several' | 'too-long';

const MAX_BYTES = 64 * 1024;
const KEY = Object.freeze({
  interrupt: 0x03,
  end: 0x04,
  backspace: 0x08,
  tab: 0x09,
  lineFeed: 0x0a,
  return: 0x0d,
  eraseLine: 0x15,
  escape: 0x1b,
  space: 0x20,
  delete: 0x7f,
});
/** The last byte of a control sequence, such as that of an arrow key, lies between these. */
const FIRST_FINAL = 0x40;
const LAST_FINAL = 0x7e;
const SEQUENCE_STARTS: readonly number[] = [0x5b, 0x4f];

/** Collects a line byte by byte. Whoever is done with it calls `take` or `wipe`. */
export class HiddenLine {
  #bytes = new Uint8Array(256);
  #length = 0;
  #escape: 'none' | 'begun' | 'sequence' = 'none';
  #state: HiddenLineState = 'open';

  /** Takes what was typed; nothing that comes after the end of the line is looked at, but that there is some. */
  push(typed: Uint8Array): HiddenLineState {
    for (const [at, byte] of typed.entries()) {
      this.#state = this.#press(byte);
      if (this.#state === 'open') continue;
      if (this.#state === 'done' && hasMore(typed, at)) this.#state = 'several';
      break;
    }
    return this.#state;
  }

  /** The line without its end; nothing of it stays here. */
  take(): SecretBytes {
    const line = new SecretBytes(this.#bytes.slice(0, this.#length));
    this.wipe();
    return line;
  }

  /** Overwrites what was typed. */
  wipe(): void {
    this.#bytes.fill(0);
    this.#length = 0;
  }

  #press(byte: number): HiddenLineState {
    if (this.#escape !== 'none') return this.#followEscape(byte);
    if (byte === KEY.return || byte === KEY.lineFeed) return 'done';
    if (byte === KEY.interrupt) return 'interrupted';
    // In the middle of a line the key that ends input does nothing, as in a shell.
    if (byte === KEY.end) return this.#length === 0 ? 'ended' : 'open';
    return isText(byte) ? this.#append(byte) : this.#edit(byte);
  }

  #edit(byte: number): HiddenLineState {
    if (byte === KEY.backspace || byte === KEY.delete) this.#eraseCharacter();
    else if (byte === KEY.eraseLine) this.wipe();
    else if (byte === KEY.escape) this.#escape = 'begun';
    return 'open';
  }

  /** Arrow keys and their kind would leave their letters in a line that nobody sees. */
  #followEscape(byte: number): HiddenLineState {
    const isStart = this.#escape === 'begun' && SEQUENCE_STARTS.includes(byte);
    const isInside = this.#escape === 'sequence' && (byte < FIRST_FINAL || byte > LAST_FINAL);
    this.#escape = isStart || isInside ? 'sequence' : 'none';
    return 'open';
  }

  #append(byte: number): HiddenLineState {
    if (this.#length >= MAX_BYTES) return 'too-long';
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes.fill(0);
      this.#bytes = larger;
    }
    this.#bytes[this.#length] = byte;
    this.#length += 1;
    return 'open';
  }

  /** A character of UTF-8 ends where its first byte stands. */
  #eraseCharacter(): void {
    while (this.#length > 0) {
      this.#length -= 1;
      const byte = this.#bytes[this.#length] ?? 0;
      this.#bytes[this.#length] = 0;
      if ((byte & 0xc0) !== 0x80) return;
    }
  }
}

function isText(byte: number): boolean {
  return (byte >= KEY.space && byte !== KEY.delete) || byte === KEY.tab;
}

/** A paste may end in a line feed of its own, which is no further line. */
function hasMore(typed: Uint8Array, end: number): boolean {
  return typed.subarray(end + 1).some((byte) => byte !== KEY.lineFeed && byte !== KEY.return);
}
