/** @module Puts an upper bound on the memory of a WebAssembly program: Go gives it none. */

const PAGE_BYTES = 65_536;
const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;

/**
 * `program` with a memory that grows to at most `maxBytes`, rounded down to pages of 64 KiB. Asking for more fails inside the
 * program, and touches nothing outside of it.
 * @throws TypeError when `program` is no WebAssembly module with exactly one unbounded memory of its own.
 */
export function limitMemory(program: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const section = findSection(program, MEMORY_SECTION);
  if (section === undefined) throw new TypeError('the program has no memory section');
  const count = readNumber(program, section.bodyAt);
  const flags = program[count.next];
  if (count.value !== 1 || flags !== 0) throw new TypeError('the program has no unbounded memory');
  const minimum = readNumber(program, count.next + 1);
  const body = [1, 1, ...writeNumber(minimum.value), ...writeNumber(Math.floor(maxBytes / PAGE_BYTES))];
  const replaced = [MEMORY_SECTION, ...writeNumber(body.length), ...body];
  const limited = new Uint8Array(program.length - (section.endAt - section.startAt) + replaced.length);
  limited.set(program.subarray(0, section.startAt));
  limited.set(replaced, section.startAt);
  limited.set(program.subarray(section.endAt), section.startAt + replaced.length);
  return limited;
}

interface Section {
  readonly startAt: number;
  readonly bodyAt: number;
  readonly endAt: number;
}

function findSection(program: Uint8Array, wanted: number): Section | undefined {
  for (let startAt = HEADER_BYTES; startAt < program.length; ) {
    const length = readNumber(program, startAt + 1);
    const endAt = length.next + length.value;
    if (program[startAt] === wanted) return { startAt, bodyAt: length.next, endAt };
    startAt = endAt;
  }
  return undefined;
}

/** A number in LEB128, as everywhere in WebAssembly; `next` is the place after it. */
function readNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0;
  let next = at;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = bytes[next];
    if (byte === undefined) break;
    next += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next };
  }
  throw new TypeError('the program is cut short');
}

function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}
