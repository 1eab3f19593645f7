import { expect, test } from 'vitest';
import { toPrintable, toPrintableLine } from '../../../../shared/encoding/printable-text.ts';

test('toPrintable shows what would steer a terminal, and keeps newline and tab', () => {
  expect(toPrintable('a\x1b[31mred\x07\n\tb\u009b')).toBe('a\\x1b[31mred\\x07\n\tb\\x9b');
});

test('toPrintable shows what would reorder the text on the screen', () => {
  expect(toPrintable('a\u202eb\u2066c')).toBe('a\\u202eb\\u2066c');
});

test('toPrintable keeps letters, signs and emoji of any script', () => {
  expect(toPrintable('Grüße 秘密 🔒')).toBe('Grüße 秘密 🔒');
});

test('toPrintableLine is one line for any text', () => {
  expect(toPrintableLine('a\nb\r\n\tc\u2028d')).toBe('a\\nb\\x0d\\n\\tc\\u2028d');
});
