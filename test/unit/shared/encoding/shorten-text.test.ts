import { expect, test } from 'vitest';
import { shortenText } from '../../../../shared/encoding/shorten-text.ts';

test('shortenText leaves text that fits, and cuts the rest to the length', () => {
  expect(shortenText('short', 5)).toBe('short');
  expect(shortenText('longer', 5)).toBe('long…');
});

test('shortenText leaves no half of a character, neither its own nor one that it is given', () => {
  expect(shortenText('abc😀', 5)).toBe('abc😀');
  expect(shortenText('abc😀d', 5)).toBe('abc\ufffd…');
  expect(shortenText('abc\ud83d', 5)).toBe('abc\ufffd');
});
