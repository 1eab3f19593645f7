import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';

// The vectors of RFC 4648, section 10.
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const;

test.each(VECTORS)('encodeBase64 and decodeBase64 agree with RFC 4648 on %j', (text, encoded) => {
  expect(encodeBase64(encodeUtf8(text))).toBe(encoded);
  expect(decodeBase64(encoded)).toEqual(encodeUtf8(text));
});

test('encodeBase64 uses both characters beyond the alphanumeric ones', () => {
  expect(encodeBase64(Uint8Array.of(0xfb, 0xef, 0xff, 0xfe))).toBe('++///g==');
});

test.each([
  ['Zm9v\nYmFy', 'between groups'],
  ['Zm9v\r\nYmFy\r\n', 'as CR LF, and at the end'],
  ['Z\nm\r9\nvYmFy', 'within a group'],
  ['\n\nZm9vYmFy', 'at the start'],
])('decodeBase64 skips line breaks: %j (%s)', (encoded) => {
  expect(decodeBase64(encoded)).toEqual(encodeUtf8('foobar'));
});

test('decodeBase64 skips line breaks between and after padding characters', () => {
  expect(decodeBase64('Zg=\n=\r\n')).toEqual(encodeUtf8('f'));
});

test('decodeBase64 ignores the unused bits of the last digit, as Go does', () => {
  expect(decodeBase64('Zh==')).toEqual(encodeUtf8('f'));
});

test.each([
  ['Zm9v YmFy', 4, 'a blank'],
  ['Zm9v\tYmFy', 4, 'a tab'],
  ['Zm9*', 3, 'a foreign character'],
  ['Zm9-', 3, 'the URL alphabet'],
  ['Zm9vé', 4, 'a character beyond ASCII'],
  ['Zm9v…', 4, 'an ellipsis, as elided values have it'],
  ['Zg=', 3, 'padding cut short'],
  ['Zg', 2, 'no padding'],
  ['Zm8', 3, 'no padding after three digits'],
  ['Z', 1, 'a single digit'],
  ['Z===', 1, 'a single digit with padding'],
  ['Zg===', 4, 'too much padding'],
  ['Zm9v=', 4, 'padding after a whole group'],
  ['Zg==Zg==', 4, 'text after the padding'],
  ['Zg=Z', 3, 'a digit within the padding'],
  ['=', 0, 'padding alone'],
])('decodeBase64 refuses %j at %i: %s', (encoded, offset) => {
  expect(() => decodeBase64(encoded)).toThrow(
    expect.objectContaining({ code: 'BASE64_INVALID', message: expect.stringMatching(new RegExp(` ${offset}$`)) }),
  );
});
