import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../../../shared/encoding/bytes.ts';
import { decodeInputText } from '../../../../shared/encoding/input-text.ts';

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), littleEndian);
  return new Uint8Array(view.buffer);
}

const text = 'kind: Secret\nname: ä€😀\n';

test.each([
  ['UTF-8', encodeUtf8(text)],
  ['UTF-8 with a mark', encodeUtf8(`\ufeff${text}`)],
  ['UTF-16 LE with a mark', utf16(`\ufeff${text}`, true)],
  ['UTF-16 BE with a mark', utf16(`\ufeff${text}`, false)],
  ['UTF-16 LE without a mark', utf16(text, true)],
  ['UTF-16 BE without a mark', utf16(text, false)],
])('decodeInputText reads %s', (_name, bytes) => {
  expect(decodeInputText(bytes, 'input')).toBe(text);
});

test('decodeInputText drops one byte-order mark only', () => {
  expect(decodeInputText(encodeUtf8('\ufeff\ufeffa'), 'input')).toBe('\ufeffa');
});

test('decodeInputText reads nothing as nothing', () => {
  expect(decodeInputText(new Uint8Array(0), 'input')).toBe('');
});

test.each([
  ['Latin-1', Uint8Array.of(0x6b, 0xe4, 0x6b)],
  ['UTF-8 cut within a character', encodeUtf8('a€').slice(0, 3)],
  ['UTF-16 cut within a unit', Uint8Array.of(0xff, 0xfe, 0x61)],
  ['UTF-16 with half a surrogate pair', Uint8Array.of(0xff, 0xfe, 0x3d, 0xd8)],
])('decodeInputText refuses %s and names the source', (_name, bytes) => {
  expect(() => decodeInputText(bytes, 'deploy/app.yaml')).toThrow(
    expect.objectContaining({ code: 'TEXT_NOT_UTF8', message: 'cannot read deploy/app.yaml: not UTF-8 text' }),
  );
});
