/**
 * @module The order of keys in Go's YAML library: numbers in them count by size, and letters stand behind all that is no letter. Of keys
 * where letters follow numbers (`9a`, `10-`, `900`) that is no order at all: there the library's result hangs on its way of sorting, and
 * ours differs.
 */

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

/** Negative when `a` stands before `b`; 0 only for equal keys. */
export function compareKeys(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, index) => character !== right[index]);
  const [first, second] = [left[at], right[at]];
  if (first === undefined || second === undefined) return left.length - right.length;
  const [isLetter, isOtherLetter] = [LETTER.test(first), LETTER.test(second)];
  if (isLetter !== isOtherLetter) return isLetter ? 1 : -1;
  const byCode = (first.codePointAt(0) ?? 0) - (second.codePointAt(0) ?? 0);
  return isLetter ? byCode : compareNumbers(left, right, at) || byCode;
}

/** By the numbers that begin where the keys part; of equal ones the shorter text first. */
function compareNumbers(left: readonly string[], right: readonly string[], at: number): number {
  // In the middle of a number a zero is a digit like others, and not a leading one.
  const lead = [left[at], right[at]].includes('0') && isWithinNumber(left, at) ? '1' : '';
  const [one, other] = [digitsAt(left, at), digitsAt(right, at)];
  const difference = BigInt(lead + one || '0') - BigInt(lead + other || '0');
  return difference === 0n ? one.length - other.length : difference < 0n ? -1 : 1;
}

function isWithinNumber(characters: readonly string[], at: number): boolean {
  const before = characters.slice(0, at).toReversed();
  const end = before.findIndex((character) => !DIGIT.test(character));
  return before.slice(0, end < 0 ? undefined : end).some((character) => character !== '0');
}

function digitsAt(characters: readonly string[], at: number): string {
  const rest = characters.slice(at);
  const end = rest.findIndex((character) => !/^[0-9]$/.test(character));
  return rest.slice(0, end < 0 ? undefined : end).join('');
}
