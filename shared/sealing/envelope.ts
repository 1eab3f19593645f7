/**
 * @module The byte layout of one sealed value: a length, the wrapped content key, the ciphertext with its tag. It
 * knows no keys and no cryptography; docs/sealed-value-format.md describes the layout.
 */
import { concatBytes } from '../encoding/bytes.ts';
import { SealingError } from './errors.ts';

/** The parts of a sealed value. After parsing they are views of the parsed bytes, not copies. */
export interface Envelope {
  /** RSA-OAEP block with the content key; exactly as long as the modulus of the sealing key. */
  readonly wrappedKey: Uint8Array<ArrayBuffer>;
  /** AES-GCM ciphertext followed by its 16-byte tag. */
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** Bytes of the AES-GCM tag, which ends every ciphertext. */
export const TAG_BYTES = 16;

const LENGTH_BYTES = 2;
/** RSA keys below 1024 bits never were accepted by any implementation of the format. */
const MIN_WRAPPED_BYTES = 128;
const MAX_WRAPPED_BYTES = 0xffff;
/** Sizes that keys have: up to 16384 bits, and in steps. */
const MAX_KEY_BYTES = 2_048;
const KEY_STEP_BYTES = 64;

/**
 * Splits the bytes of a sealed value. Every byte belongs to exactly one part, so that a value has one reading only.
 * @throws SealingError `SEALED_VALUE_TOO_SHORT`: the bytes end within the length. `SEALED_VALUE_BAD_LENGTH`: the length
 * is none of an RSA key, or runs past the end. `SEALED_VALUE_NO_TAG`: the bytes end before a whole tag.
 */
export function parseEnvelope(bytes: Uint8Array<ArrayBuffer>): Envelope {
  const [high, low] = bytes;
  if (high === undefined || low === undefined) {
    throw new SealingError(
      'SEALED_VALUE_TOO_SHORT',
      `sealed value has ${bytes.length} bytes, too few for its length field`,
    );
  }
  const length = high * 256 + low;
  const available = bytes.length - LENGTH_BYTES;
  if (length < MIN_WRAPPED_BYTES || length > available) throw badLength(length, available);
  if (available - length < TAG_BYTES) {
    throw new SealingError(
      'SEALED_VALUE_NO_TAG',
      `sealed value ends ${available - length} bytes after its RSA block, before a whole tag of ${TAG_BYTES}`,
    );
  }
  return {
    wrappedKey: bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length),
    ciphertext: bytes.subarray(LENGTH_BYTES + length),
  };
}

/** Numbers are told only where they are of a sealed value: a plain value in its place would show its first bytes and its length. */
function badLength(length: number, available: number): SealingError {
  const isOfKey = length >= MIN_WRAPPED_BYTES && length <= MAX_KEY_BYTES && length % KEY_STEP_BYTES === 0;
  const problem = isOfKey
    ? `ends ${available} bytes into its RSA block of ${length}: it was cut short`
    : 'does not begin with the size of a key: it is none, or damaged';
  return new SealingError('SEALED_VALUE_BAD_LENGTH', `sealed value ${problem}`);
}

/** The bytes of a sealed value; {@link parseEnvelope} inverts it. */
export function encodeEnvelope(envelope: Envelope): Uint8Array<ArrayBuffer> {
  const length = envelope.wrappedKey.length;
  if (length > MAX_WRAPPED_BYTES) throw new RangeError(`RSA block of ${length} bytes does not fit its length field`);
  return concatBytes([Uint8Array.of(length >> 8, length & 0xff), envelope.wrappedKey, envelope.ciphertext]);
}
