import { expect, test } from 'vitest';
import { BatchParser } from '../../../../shared/git/batch-parser.ts';

const ID = 'a'.repeat(40);

function parse(...chunks: readonly (string | Uint8Array)[]): { objects: [string, string][]; isAtBoundary: boolean } {
  const objects: [string, string][] = [];
  const parser = new BatchParser(100, (oid, bytes) => objects.push([oid, Buffer.from(bytes).toString()]));
  for (const chunk of chunks) parser.push(Buffer.from(chunk));
  return { objects, isAtBoundary: parser.isAtBoundary() };
}

test('BatchParser gives objects, also empty ones and those that look like headers', () => {
  const inner = `${ID} blob 1\n`;
  const { objects, isAtBoundary } = parse(`${ID} blob 0\n\n${ID} blob ${inner.length}\n${inner}\n`);
  expect(objects).toEqual([
    [ID, ''],
    [ID, inner],
  ]);
  expect(isAtBoundary).toBe(true);
});

test('BatchParser knows that the output was cut off', () => {
  expect(parse(`${ID} blob 5\nabc`).isAtBoundary).toBe(false);
  expect(parse(`${ID} blob 3\nabc`).isAtBoundary).toBe(false);
  expect(parse(`${ID} bl`).isAtBoundary).toBe(false);
});

test.each([`${ID} missing\n`, `${ID} tree 3\nabc\n`, `${ID} blob 101\n`, `${ID} blob -1\n`, 'nonsense\n'])(
  'BatchParser refuses %j',
  (output) => {
    expect(() => parse(output)).toThrow();
  },
);

test('BatchParser does not collect a header without an end', () => {
  expect(() => parse('x'.repeat(300))).toThrow();
});
