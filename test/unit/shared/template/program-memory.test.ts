import { expect, test } from 'vitest';
import { limitMemory } from '../../../../shared/template/program-memory.ts';
import { webAssembly } from '../../../../shared/template/web-assembly.ts';

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const PAGE = 65_536;
const CUSTOM = [0, 3, 1, 0x78, 0xff];
/** One memory of two pages without a maximum, exported as `memory`. */
const MEMORY = [5, 3, 1, 0, 2];
const EXPORTS = [7, 10, 1, 6, ...new TextEncoder().encode('memory'), 2, 0];

const moduleOf = (...sections: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([...MAGIC, ...sections.flat()]);

async function memoryOf(
  program: Uint8Array<ArrayBuffer>,
): Promise<{ buffer: ArrayBuffer; grow(pages: number): number }> {
  const { exports } = new webAssembly.Instance(await webAssembly.compile(program), {});
  return exports.memory as never;
}

test('limitMemory lets the memory grow to the limit and not beyond', async () => {
  const memory = await memoryOf(limitMemory(moduleOf(CUSTOM, MEMORY, EXPORTS), 300 * PAGE + 1));
  expect(memory.buffer.byteLength).toBe(2 * PAGE);
  expect(memory.grow(298)).toBe(2);
  expect(() => memory.grow(1)).toThrow(RangeError);
});

test('limitMemory leaves the other sections as they are', () => {
  const limited = limitMemory(moduleOf(CUSTOM, MEMORY, EXPORTS, CUSTOM), 128 * PAGE);
  expect([...limited]).toEqual([...moduleOf(CUSTOM, [5, 5, 1, 1, 2, 0x80, 1], EXPORTS, CUSTOM)]);
});

test.each([
  ['without a memory', moduleOf(CUSTOM)],
  ['whose memory has a limit already', moduleOf([5, 4, 1, 1, 2, 3])],
  ['with two memories', moduleOf([5, 5, 2, 0, 1, 0, 1])],
  ['that is cut short', moduleOf(CUSTOM, [5, 0x83])],
])('limitMemory refuses a program %s', (_, program) => {
  expect(() => limitMemory(program, PAGE)).toThrow(TypeError);
});
