/**
 * @module What an unquoted YAML scalar means to kubectl, whose decoder follows YAML 1.1 with Go's number syntax.
 * It knows scalars only; tags, keys and documents are the business of the other YAML files.
 */
import { exactInteger } from './exact-integer.ts';

/** A scalar's meaning. `int` holds a bigint beyond 2^53; `non-finite` has no JSON form and is refused by the schema. */
export type Scalar =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'null'; readonly value: null }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'merge'; readonly value: string }
  | { readonly kind: 'non-finite'; readonly value: string };

/** The largest and smallest integers that kubectl's decoder keeps exact; decimals beyond become floats. */
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);

const WORDS = new Map<string, Scalar>();
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) {
  WORDS.set(word, { kind: 'bool', value: true });
}
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) {
  WORDS.set(word, { kind: 'bool', value: false });
}
for (const word of ['', '~', 'null', 'Null', 'NULL']) WORDS.set(word, { kind: 'null', value: null });
for (const word of ['.inf', '.Inf', '.INF', '.nan', '.NaN', '.NAN']) {
  WORDS.set(word, { kind: 'non-finite', value: word });
}
for (const word of ['+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF']) {
  WORDS.set(word, { kind: 'non-finite', value: word });
}
WORDS.set('<<', { kind: 'merge', value: '<<' });

/** Longer than every word above and every number that kubectl reads exactly; a cheap way out for prose and keys. */
const LONGEST_WORD = 5;

const INTEGER = /^([-+]?)(?:0x([0-9a-f]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9][0-9]*))$/i;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?$/i;
// Go's own float syntax, which allows underscores between digits.
const POINT_FLOAT = /^\.[0-9]+(?:_[0-9]+)*(?:e[-+]?[0-9]+(?:_[0-9]+)*)?$/i;
// Go reads a sign behind the binary prefix as well, an accident that we share rather than disagree.
const SIGNED_BINARY = /^0b[-+][01]+$/;

/** What kubectl makes of the plain (unquoted) scalar `text`. */
export function resolveScalar(text: string): Scalar {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  if (first === 0x2e) return toFloat(text, POINT_FLOAT) ?? { kind: 'string', value: text };
  const startsLikeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d;
  return (startsLikeNumber ? resolveNumber(text) : null) ?? { kind: 'string', value: text };
}

function resolveNumber(text: string): Scalar | null {
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  return toInteger(digits) ?? toFloat(digits, FLOAT) ?? toSignedBinary(digits);
}

function toInteger(text: string): Scalar | null {
  const match = INTEGER.exec(text);
  if (match === null) return null;
  const sign = match[1] ?? '';
  const magnitude = magnitudeOf(match);
  // Only an unsigned literal may use the upper half of 64 bits.
  const limit = sign === '' ? MAX_UINT64 : sign === '-' ? -MIN_INT64 : -MIN_INT64 - 1n;
  if (magnitude === null || magnitude > limit) return null;
  return { kind: 'int', value: exactInteger(sign === '-' ? -magnitude : magnitude) };
}

/** The number in a match of {@link INTEGER}, or null when it cannot fit into 64 bits. */
function magnitudeOf([, , hex, binary, octal, decimal]: RegExpExecArray): bigint | null {
  const digits = (hex ?? binary ?? octal ?? decimal ?? '').replace(/^0+(?=.)/, '');
  if (digits.length > 64) return null;
  const prefix = hex !== undefined ? '0x' : binary !== undefined ? '0b' : octal !== undefined ? '0o' : '';
  return BigInt(prefix + digits);
}

function toFloat(text: string, pattern: RegExp): Scalar | null {
  if (!pattern.test(text)) return null;
  const value = Number(text.replaceAll('_', ''));
  // Go reports an overflow as an error, and the scalar stays text.
  return Number.isFinite(value) ? { kind: 'float', value } : null;
}

function toSignedBinary(text: string): Scalar | null {
  if (!SIGNED_BINARY.test(text)) return null;
  const sign = text[2] === '-' ? -1n : 1n;
  const value = sign * BigInt(`0b${text.slice(3)}`);
  return value < MIN_INT64 || value >= -MIN_INT64 ? null : { kind: 'int', value: exactInteger(value) };
}

/**
 * How kubectl prints a map key that is a number with a fraction or an exponent: the shortest digits that a 32-bit
 * float needs, and an exponent from a million on and below a ten-thousandth.
 */
export function floatKeyText(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single < 0 ? '-.inf' : '.inf';
  if (single === 0) return Object.is(value, -0) || value < 0 ? '-0' : '0';
  const { digits, exponent } = shortestSingle(Math.abs(single));
  const sign = single < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 6) return sign + withExponent(digits, exponent);
  return sign + withoutExponent(digits, exponent);
}

function shortestSingle(value: number): { digits: string; exponent: number } {
  for (let precision = 0; precision < 9; precision++) {
    const text = value.toExponential(precision);
    if (precision < 8 && Math.fround(Number(text)) !== value) continue;
    const [mantissa = '', exponent = '0'] = text.split('e');
    return { digits: mantissa.replace('.', '').replace(/0+$/, '') || '0', exponent: Number(exponent) };
  }
  throw new RangeError('nine digits always tell 32-bit floats apart');
}

function withExponent(digits: string, exponent: number): string {
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function withoutExponent(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return digits.length > exponent + 1 ? `${whole}.${digits.slice(exponent + 1)}` : whole;
}
