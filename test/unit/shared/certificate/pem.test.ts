import { expect, test } from 'vitest';
import { encodePem, parsePemBlocks } from '../../../../shared/certificate/pem.ts';

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
const block = encodePem('CERTIFICATE', bytes);

test('encodePem breaks lines after 64 characters and ends in one newline', () => {
  const lines = block.split('\n');
  expect(lines[0]).toBe('-----BEGIN CERTIFICATE-----');
  expect(lines.slice(1, -2).map((line) => line.length)).toEqual([64, 64, 8]);
  expect(lines.slice(-2)).toEqual(['-----END CERTIFICATE-----', '']);
});

test('encodePem of no bytes has no body', () => {
  expect(encodePem('X', new Uint8Array(0))).toBe('-----BEGIN X-----\n-----END X-----\n');
});

test('parsePemBlocks finds every block and ignores what is around', () => {
  const text = `notes\n${block}more: notes\n${encodePem('RSA PRIVATE KEY', Uint8Array.of(7))}`;
  expect(parsePemBlocks(text)).toEqual([
    { label: 'CERTIFICATE', bytes, isEncrypted: false },
    { label: 'RSA PRIVATE KEY', bytes: Uint8Array.of(7), isEncrypted: false },
  ]);
});

test.each([
  ['CRLF line ends', block.replaceAll('\n', '\r\n')],
  ['CR line ends', block.replaceAll('\n', '\r')],
  ['indentation, as in YAML', block.replaceAll(/^/gm, '    ')],
  ['blanks after lines', block.replaceAll('\n', '  \n')],
  ['no final newline', block.trimEnd()],
  ['headers', block.replace('-----\n', '-----\nsubject: somebody\n\n')],
])('parsePemBlocks reads a block with %s', (_, text) => {
  expect(parsePemBlocks(text)).toEqual([{ label: 'CERTIFICATE', bytes, isEncrypted: false }]);
});

test('parsePemBlocks is not kept busy by a text of very many blocks', () => {
  const amount = 100_000;
  expect(parsePemBlocks('-----BEGIN A-----\n-----END A-----\n'.repeat(amount))).toHaveLength(amount);
});

test('parsePemBlocks tells that a block is encrypted by the old header', () => {
  const text = block.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n');
  expect(parsePemBlocks(text)[0]).toMatchObject({ isEncrypted: true });
});

test('parsePemBlocks gives nothing for text without blocks', () => {
  expect(parsePemBlocks('hello')).toEqual([]);
  expect(parsePemBlocks('')).toEqual([]);
});

test.each([
  ['has no end line', block.slice(0, 120), 'no end line'],
  ['ends under another label', block.replace('END CERTIFICATE', 'END KEY'), 'no end line'],
  ['runs into the next block', `${block.slice(0, 120)}\n${block}`, 'no end line'],
  ['has a body that is not base64', block.replace('AAEC', 'A*EC'), 'not base64'],
])('parsePemBlocks refuses a block that %s', (_, text, problem) => {
  expect(() => parsePemBlocks(text)).toThrow(
    expect.objectContaining({ code: 'PEM_MALFORMED', message: expect.stringContaining(problem) }),
  );
});

test('parsePemBlocks refuses with the code that the caller asks for', () => {
  const cut = block.slice(0, 120);
  expect(() => parsePemBlocks(cut, 'KEY_MALFORMED')).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED' }));
});
