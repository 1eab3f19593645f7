import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../shared/encoding/base64.ts';
import { EncodingError } from '../../shared/encoding/errors.ts';

const bytes = fc.uint8Array({ maxLength: 200 });

test('encodeBase64 writes what the platform writes', () => {
  fc.assert(
    fc.property(bytes, (value) => {
      expect(encodeBase64(value)).toBe(Buffer.from(value).toString('base64'));
    }),
  );
});

test('decodeBase64 gives back the bytes, wherever lines are broken', () => {
  const breaks = fc.array(fc.tuple(fc.nat(300), fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 6 });
  fc.assert(
    fc.property(bytes, breaks, (value, inserted) => {
      let text = Buffer.from(value).toString('base64');
      for (const [at, lineBreak] of inserted) text = text.slice(0, at) + lineBreak + text.slice(at);
      expect(decodeBase64(text)).toEqual(new Uint8Array(value));
    }),
  );
});

test('decodeBase64 names the place of the first foreign character', () => {
  const foreign = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 1 })
    .filter((text) => !/[A-Za-z0-9+/=\r\n]/.test(text));
  fc.assert(
    fc.property(bytes, foreign, fc.nat(), (value, character, random) => {
      const text = Buffer.from(value).toString('base64').replace(/=+$/, '');
      const offset = random % (text.length + 1);
      try {
        decodeBase64(text.slice(0, offset) + character + text.slice(offset));
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(EncodingError);
        expect((error as EncodingError).message).toBe(`cannot decode base64: illegal data at byte ${offset}`);
      }
    }),
  );
});

test('decodeBase64 accepts only text that the encoder could have written, but for unused bits', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'AQgwZz09+/='), maxLength: 12 });
  fc.assert(
    fc.property(digits, (text) => {
      const isPadded = /^(?:[^=]{4})*(?:[^=]{2}==|[^=]{3}=)?$/.test(text);
      const decode = () => decodeBase64(text);
      if (isPadded) expect(decode()).toEqual(new Uint8Array(Buffer.from(text, 'base64')));
      else expect(decode).toThrow(EncodingError);
    }),
    { numRuns: 1000 },
  );
});
