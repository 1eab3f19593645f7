/**
 * @module Standard base64 as Go's StdEncoding reads it, because that is what decides in the cluster whether a
 * value of a Secret or SealedSecret decodes.
 */
import { EncodingError } from './errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 0x3d;
const FOREIGN = 255;
const SKIPPED = 254;
const SEXTETS = buildSextets();
/** White space that the platform's decoder would skip, and Go's does not. */
const OTHER_SPACE = /[\t\f ]/;
/** In Node 25 and newer, and in browsers of 2025; compiled code that is ready when a program starts. */
const platform = Uint8Array as Uint8ArrayConstructor & {
  readonly fromBase64?: (text: string, options: { readonly lastChunkHandling: 'strict' }) => Uint8Array<ArrayBuffer>;
};
/** As many bytes as a call can safely take for arguments. */
const CHUNK_BYTES = 8_192;

function buildSextets(): Uint8Array {
  const table = new Uint8Array(256).fill(FOREIGN);
  for (let value = 0; value < ALPHABET.length; value++) table[ALPHABET.charCodeAt(value)] = value;
  table[0x0a] = SKIPPED;
  table[0x0d] = SKIPPED;
  return table;
}

/** The padded base64 text of `bytes`, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    const chunk: ArrayLike<number> = bytes.subarray(start, start + CHUNK_BYTES);
    // Spreading the bytes takes ten times as long.
    binary += String.fromCharCode.apply(null, chunk as number[]);
  }
  return btoa(binary);
}

/** The same for addresses and file names: `-` and `_` in place of `+` and `/`, and no padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/**
 * The bytes of base64 `text`. Carriage returns and line feeds are skipped wherever they stand; anything else
 * outside of the alphabet, missing padding and text after the padding are refused.
 * @throws EncodingError BASE64_INVALID; the message names the offset of the first character that cannot stay.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const bytes = tryDecodeBase64(text);
  if (typeof bytes !== 'number') return bytes;
  throw new EncodingError('BASE64_INVALID', `cannot decode base64: illegal data at byte ${bytes}`);
}

/** As {@link decodeBase64}, but instead of a throw the offset of the first character that cannot stay. */
export function tryDecodeBase64(text: string): Uint8Array<ArrayBuffer> | number {
  return decodeOnPlatform(text) ?? decodeHere(text);
}

/** Null where the platform cannot do it, or refuses `text`: it does not say where the fault is, and bits to spare are none to Go. */
function decodeOnPlatform(text: string): Uint8Array<ArrayBuffer> | null {
  if (platform.fromBase64 === undefined || OTHER_SPACE.test(text)) return null;
  try {
    return platform.fromBase64(text, { lastChunkHandling: 'strict' });
  } catch {
    return null;
  }
}

function decodeHere(text: string): Uint8Array<ArrayBuffer> | number {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let digits = 0;
  let bits = 0;
  let bitCount = 0;
  let index = 0;
  for (; index < text.length; index++) {
    const sextet = sextetOf(text.charCodeAt(index));
    if (sextet === SKIPPED) continue;
    if (sextet === FOREIGN) break;
    digits++;
    bits = ((bits << 6) | sextet) & 0xfff;
    bitCount += 6;
    if (bitCount < 8) continue;
    bitCount -= 8;
    bytes[length++] = bits >> bitCount;
  }
  return paddingFault(text, index, digits % 4) ?? bytes.slice(0, length);
}

function sextetOf(code: number): number {
  return SEXTETS[code] ?? FOREIGN;
}

/** Where the text from `offset` on is not exactly the padding that `digits` left-over digits need; null where it is. */
function paddingFault(text: string, offset: number, digits: number): number | null {
  let wanted = digits === 0 ? 0 : 4 - digits;
  if (digits === 1) return offset;
  for (let index = offset; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (sextetOf(code) === SKIPPED) continue;
    if (code !== PADDING || wanted === 0) return index;
    wanted--;
  }
  return wanted > 0 ? text.length : null;
}
