import { expect, test } from 'vitest';
import { encodeDer } from '../../../../shared/certificate/der-writer.ts';

test('encodeDer joins its parts under one tag', () => {
  expect(encodeDer(0x30, Uint8Array.of(1), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(0x30, 3, 1, 2, 3));
});

test.each([
  [0, [0x04, 0x00]],
  [127, [0x04, 0x7f]],
  [128, [0x04, 0x81, 0x80]],
  [256, [0x04, 0x82, 0x01, 0x00]],
  [65_536, [0x04, 0x83, 0x01, 0x00, 0x00]],
])('encodeDer writes the length %i in its shortest form', (length, header) => {
  expect([...encodeDer(0x04, new Uint8Array(length)).subarray(0, header.length)]).toEqual(header);
});
