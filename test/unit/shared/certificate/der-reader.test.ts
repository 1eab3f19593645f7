import { expect, test } from 'vitest';
import { DER_TAG, DerReader } from '../../../../shared/certificate/der-reader.ts';
import { encodeDer } from '../../../../shared/certificate/der-writer.ts';

function readerOf(...bytes: readonly number[]): DerReader {
  return new DerReader(Uint8Array.from(bytes), 'CERT_MALFORMED');
}

function refusal(problem: string): unknown {
  return expect.objectContaining({ code: 'CERT_MALFORMED', message: `cannot read certificate: ${problem}` });
}

test('DerReader reads elements in order', () => {
  const reader = readerOf(0x02, 0x01, 0x05, 0x04, 0x02, 0xaa, 0xbb);
  expect(reader.peekTag()).toBe(DER_TAG.integer);
  expect(reader.readUnsigned('x')).toEqual(Uint8Array.of(5));
  const octets = reader.read(DER_TAG.octetString, 'y');
  expect([octets.content, octets.raw]).toEqual([Uint8Array.of(0xaa, 0xbb), Uint8Array.of(4, 2, 0xaa, 0xbb)]);
  expect([reader.isAtEnd, reader.peekTag()]).toEqual([true, null]);
});

test.each([[0], [1], [127], [128], [255], [256], [65_535], [65_536], [200_000]])(
  'DerReader reads what encodeDer writes for %i bytes',
  (length) => {
    const content = new Uint8Array(length).fill(7);
    const reader = new DerReader(encodeDer(DER_TAG.octetString, content), 'CERT_MALFORMED');
    expect(reader.read(DER_TAG.octetString, 'x').content.length).toBe(length);
    expect(reader.isAtEnd).toBe(true);
  },
);

test.each([
  ['nothing', [], 'x is missing'],
  ['a tag alone', [0x04], 'length of x is missing'],
  ['fewer bytes than claimed', [0x04, 0x02, 0x00], 'x is cut short'],
  ['a length that ends early', [0x04, 0x82, 0x01], 'length of x is missing'],
  ['an indefinite length', [0x30, 0x80, 0x00, 0x00], 'x has an indefinite length'],
  ['a length of four bytes', [0x04, 0x84, 0x00, 0x00, 0x00, 0x00], 'x claims a huge length'],
  ['the reserved length 0xff', [0x04, 0xff], 'x claims a huge length'],
  ['a short length in long form', [0x04, 0x81, 0x01, 0x00], 'x has a padded length'],
  ['a length with a leading zero', [0x04, 0x82, 0x00, 0x80], 'x has a padded length'],
  ['a tag of several bytes', [0x1f, 0x81, 0x01, 0x00], 'x has a tag of several bytes'],
  ['another tag', [0x02, 0x00], 'x has tag 0x02, expected 0x04'],
])('DerReader refuses %s', (_, bytes, problem) => {
  expect(() => readerOf(...bytes).read(DER_TAG.octetString, 'x')).toThrow(refusal(problem));
});

test.each([
  ['an empty number', [0x02, 0x00], 'n is an empty number'],
  ['a negative number', [0x02, 0x01, 0x80], 'n is negative'],
  ['a padded number', [0x02, 0x02, 0x00, 0x7f], 'n has a padded number'],
])('DerReader.readUnsigned refuses %s', (_, bytes, problem) => {
  expect(() => readerOf(...bytes).readUnsigned('n')).toThrow(refusal(problem));
});

test('DerReader.readUnsigned drops the sign byte and keeps zero', () => {
  expect(readerOf(0x02, 0x02, 0x00, 0x80).readUnsigned('n')).toEqual(Uint8Array.of(0x80));
  expect(readerOf(0x02, 0x01, 0x00).readUnsigned('n')).toEqual(Uint8Array.of(0));
});

test('DerReader.readBitString takes whole bytes only', () => {
  expect(readerOf(0x03, 0x02, 0x00, 0x07).readBitString('b')).toEqual(Uint8Array.of(7));
  expect(() => readerOf(0x03, 0x02, 0x01, 0x06).readBitString('b')).toThrow(refusal('b is no string of whole bytes'));
  expect(() => readerOf(0x03, 0x00).readBitString('b')).toThrow(refusal('b is no string of whole bytes'));
});

test('DerReader.expectEnd refuses what follows', () => {
  const reader = readerOf(0x05, 0x00, 0x05);
  reader.read(DER_TAG.null, 'x');
  expect(() => reader.expectEnd('x')).toThrow(refusal('bytes follow x'));
});

test('DerReader names the subject that its code is about', () => {
  const reader = new DerReader(new Uint8Array(0), 'KEY_MALFORMED');
  expect(() => reader.readAny('the version')).toThrow(
    expect.objectContaining({ code: 'KEY_MALFORMED', message: 'cannot read private key: the version is missing' }),
  );
});
