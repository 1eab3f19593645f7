import { expect, test } from 'vitest';
import { createRedactor } from '../../../../shared/git/redact.ts';

const redact = createRedactor(['p@ss/word', 'p@ss', 'abc']);

test('redact removes userinfo and queries of URLs', () => {
  expect(redact("fatal: 'https://user:secret@host/x.git' failed")).toBe("fatal: 'https://***@host/x.git' failed");
  expect(redact('see https://host/x?token=secret&b=1 now')).toBe('see https://host/x?*** now');
  expect(redact('https://a:se/cr@et@host/x')).toBe('https://***@host/x');
});

test('redact removes known values, longest first, also in their URL-encoded form', () => {
  expect(redact('got p@ss/word')).toBe('got ***');
  expect(redact('got p%40ss%2Fword')).toBe('got ***');
});

test('redact leaves a value alone that is too short to be told from ordinary text', () => {
  expect(redact('abcdef')).toBe('abcdef');
});

test('redact removes authorization headers to the end of their line', () => {
  expect(redact('> Authorization: Basic dXNlcg==\nnext')).toBe('> Authorization: ***\nnext');
});

test.each([
  ['dots', 'a.', null],
  ['beginnings of addresses', 'a://', null],
  ['queries', 'a://b?', 'a://b?***'],
  ['userinfo', 'a://b@', 'a://***@'],
])(
  'redact looks once at a text that is full of %s',
  (_what, words, masked) => {
    const text = words.repeat(500_000);
    expect(redact(text) === (masked ?? text)).toBe(true);
  },
  60_000,
);
