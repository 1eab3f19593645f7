import { expect, test } from 'vitest';
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes, toHex } from '../../../../shared/encoding/bytes.ts';

test('concatBytes joins in order and copies', () => {
  const first = Uint8Array.of(1, 2);
  const joined = concatBytes([first, new Uint8Array(0), Uint8Array.of(3)]);
  first[0] = 9;
  expect(joined).toEqual(Uint8Array.of(1, 2, 3));
  expect(concatBytes([])).toEqual(new Uint8Array(0));
});

test.each([
  [[], [], true],
  [[1, 2], [1, 2], true],
  [[1, 2], [1, 3], false],
  [[0, 2], [1, 2], false],
  [[1, 2], [1, 2, 0], false],
  [[255], [127], false],
])('equalBytes(%j, %j) is %j', (a, b, equal) => {
  expect(equalBytes(Uint8Array.from(a), Uint8Array.from(b))).toBe(equal);
});

test('decodeUtf8 gives back what encodeUtf8 took, a byte-order mark included', () => {
  for (const text of ['', 'plain', 'ä€😀', '\ufeffmarked', 'nul\0byte'])
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
});

test.each([[[0xff]], [[0xc3]], [[0x80]], [[0xed, 0xa0, 0x80]], [[0xc0, 0xaf]]])(
  'decodeUtf8 gives null for %j',
  (bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes))).toBeNull();
  },
);

test('toHex gives two digits for each byte', () => {
  expect(toHex(Uint8Array.of(0, 10, 255))).toBe('000aff');
  expect(toHex(new Uint8Array(0))).toBe('');
});
