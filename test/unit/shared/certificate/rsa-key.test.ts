import { expect, test } from 'vitest';
import { DerReader } from '../../../../shared/certificate/der-reader.ts';
import { encodeDer } from '../../../../shared/certificate/der-writer.ts';
import {
  importPrivateKey,
  importPublicKey,
  modulusBitsOf,
  readForeignAlgorithm,
  readPublicNumbers,
} from '../../../../shared/certificate/rsa-key.ts';

const garbage = Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x00);

function numbersOf(modulus: readonly number[], exponent: readonly number[]): Uint8Array<ArrayBuffer> {
  const [n, e] = [modulus, exponent].map((bytes) => encodeDer(0x02, Uint8Array.from(bytes)));
  return Uint8Array.from([...n!, ...e!]);
}

/** A positive number of `length` bytes whose last byte is `last`. */
function modulusOf(length: number, last = 1): number[] {
  return [0, 0x80, ...new Array<number>(length - 2).fill(0), last];
}

test.each([
  [[1], 1],
  [[0xff], 8],
  [[1, 0], 9],
  [[0x7f, ...new Array(255).fill(0)], 2047],
  [[0x80, ...new Array(255).fill(0)], 2048],
])('modulusBitsOf counts from the highest set bit', (modulus, bits) => {
  expect(modulusBitsOf({ modulus: Uint8Array.from(modulus), exponent: Uint8Array.of(3) })).toBe(bits);
});

test('readPublicNumbers takes an odd modulus and an odd exponent of at least 3', () => {
  const reader = new DerReader(numbersOf(modulusOf(256), [1, 0, 1]), 'KEY_MALFORMED');
  expect(readPublicNumbers(reader, 'KEY_MALFORMED').exponent).toEqual(Uint8Array.of(1, 0, 1));
});

test.each([
  ['an exponent of 0', modulusOf(256), [0], 'its exponent is 0'],
  ['an exponent of 1', modulusOf(256), [1], 'its exponent is 1'],
  ['an even exponent', modulusOf(256), [4], 'its exponent is 4'],
  ['a huge exponent', modulusOf(256), [1, 0, 0, 0, 1], 'its exponent has 5 bytes'],
  ['an even modulus', modulusOf(256, 2), [3], 'its modulus is even'],
  ['a tiny modulus', modulusOf(127), [3], 'its modulus has 1016 bits, fewer than 1024'],
  ['a huge modulus', modulusOf(2049), [3], 'its modulus has 16392 bits, more than 16384'],
])('readPublicNumbers refuses %s', (_, modulus, exponent, problem) => {
  const reader = new DerReader(numbersOf(modulus, exponent), 'KEY_MALFORMED');
  expect(() => readPublicNumbers(reader, 'KEY_MALFORMED')).toThrow(
    expect.objectContaining({ code: 'KEY_MALFORMED', message: `cannot use the RSA key: ${problem}` }),
  );
});

test('readForeignAlgorithm names algorithms that it does not know', () => {
  const algorithm = encodeDer(0x30, encodeDer(0x06, Uint8Array.of(0x2a, 0x03)));
  expect(readForeignAlgorithm(new DerReader(algorithm, 'CERT_MALFORMED'))).toBe('a key of another algorithm');
});

test('keys that the platform refuses have a code', async () => {
  await expect(importPublicKey(garbage)).rejects.toMatchObject({ code: 'CERT_MALFORMED' });
  await expect(importPrivateKey(garbage)).rejects.toMatchObject({ code: 'KEY_MALFORMED' });
});

test('importPrivateKey keeps what the platform says about a key to itself', async () => {
  const error = await importPrivateKey(garbage).catch((thrown: unknown) => thrown);
  expect(error).not.toHaveProperty('cause');
});
