import { expect, test } from 'vitest';
import { encodeEnvelope, parseEnvelope } from '../../../../shared/sealing/envelope.ts';

const wrappedKey = new Uint8Array(256).fill(1);
const ciphertext = new Uint8Array(20).fill(2);
const whole = encodeEnvelope({ wrappedKey, ciphertext });

test('encodeEnvelope writes length, wrapped key and ciphertext', () => {
  expect([...whole.subarray(0, 3)]).toEqual([1, 0, 1]);
  expect(whole.length).toBe(2 + 256 + 20);
});

test('parseEnvelope inverts encodeEnvelope', () => {
  expect(parseEnvelope(whole)).toEqual({ wrappedKey, ciphertext });
});

test('parseEnvelope takes a ciphertext that is a tag alone', () => {
  expect(parseEnvelope(whole.slice(0, -4)).ciphertext.length).toBe(16);
});

test.each([
  ['nothing', [], 'SEALED_VALUE_TOO_SHORT', 'has 0 bytes'],
  ['one byte', [2], 'SEALED_VALUE_TOO_SHORT', 'has 1 bytes'],
  ['length zero', [0, 0, ...new Array(300).fill(0)], 'SEALED_VALUE_BAD_LENGTH', 'it is none, or damaged'],
  [
    'a length below 1024 bits',
    [0, 127, ...new Array(300).fill(0)],
    'SEALED_VALUE_BAD_LENGTH',
    'it is none, or damaged',
  ],
  ['a length beyond the end', [1, 0, 5], 'SEALED_VALUE_BAD_LENGTH', 'ends 1 bytes into its RSA block of 256'],
  ['the length alone', [1, 0], 'SEALED_VALUE_BAD_LENGTH', 'ends 0 bytes into its RSA block of 256'],
  ['no ciphertext', [...whole.subarray(0, 258)], 'SEALED_VALUE_NO_TAG', 'ends 0 bytes after its RSA block'],
  ['15 bytes of tag', [...whole.subarray(0, 273)], 'SEALED_VALUE_NO_TAG', 'ends 15 bytes after its RSA block'],
])('parseEnvelope refuses %s', (_, bytes, code, problem) => {
  expect(() => parseEnvelope(Uint8Array.from(bytes))).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(problem) }),
  );
});

test('parseEnvelope tells nothing of the bytes of a value that was never sealed', () => {
  const messages = ['hunter2', 'correct horse', '\u0000\u0041 x'].map((value) => {
    try {
      return String(parseEnvelope(new TextEncoder().encode(value)));
    } catch (error) {
      return (error as Error).message;
    }
  });
  const message = 'sealed value does not begin with the size of a key: it is none, or damaged';
  expect(messages).toEqual([message, message, message]);
});

test('encodeEnvelope refuses a wrapped key whose length does not fit', () => {
  expect(() => encodeEnvelope({ wrappedKey: new Uint8Array(65_536), ciphertext })).toThrow(RangeError);
});
