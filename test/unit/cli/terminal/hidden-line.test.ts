import { expect, test } from 'vitest';
import { HiddenLine, type HiddenLineState } from '../../../../cli/terminal/hidden-line.ts';
import { decodeUtf8, encodeUtf8 } from '../../../../shared/encoding/bytes.ts';

function typed(...pieces: readonly string[]): { state: HiddenLineState; text: string | null } {
  const line = new HiddenLine();
  let state: HiddenLineState = 'open';
  for (const piece of pieces) state = line.push(encodeUtf8(piece));
  return { state, text: decodeUtf8(line.take().expose()) };
}

test('a line ends at the return key, however it arrives', () => {
  expect(typed('hunter2\r')).toEqual({ state: 'done', text: 'hunter2' });
  expect(typed('h', 'unter', '2', '\n')).toEqual({ state: 'done', text: 'hunter2' });
  expect(typed('\r')).toEqual({ state: 'done', text: '' });
});

test('a line longer than its first buffer is kept whole, and one without bounds is refused', () => {
  const long = 'x'.repeat(5000);
  expect(typed(`${long}\r`)).toEqual({ state: 'done', text: long });
  expect(typed('x'.repeat(65_537)).state).toBe('too-long');
});

test('the erase keys take away characters, and not halves of them', () => {
  expect(typed('aé\u{1f511}\x7f\x7f\x08b\r').text).toBe('b');
  expect(typed('\x7fok\r').text).toBe('ok');
  expect(typed('wrong\x15right\r').text).toBe('right');
});

test('keys without a text leave nothing in the line', () => {
  expect(typed('a\x1b[Db\x1bOPc\x1b[1;5Cd\x00\x1a\r').text).toBe('abcd');
  expect(typed('a', '\x1b', '[', 'A', 'b\r').text).toBe('ab');
  expect(typed('a\tb\r').text).toBe('a\tb');
});

test('the end-of-input key counts only at the begin of a line', () => {
  expect(typed('\x04').state).toBe('ended');
  expect(typed('ab\x04c\r')).toEqual({ state: 'done', text: 'abc' });
});

test('the interrupt key is told apart, with text before it or not', () => {
  expect(typed('\x03').state).toBe('interrupted');
  expect(typed('abc\x03').state).toBe('interrupted');
});

test('several lines at once are noticed, and a line feed after the return key is none', () => {
  expect(typed('-----BEGIN\rMIIE\r').state).toBe('several');
  expect(typed('one\r\n').state).toBe('done');
});

test('taking the line leaves nothing behind', () => {
  const line = new HiddenLine();
  line.push(encodeUtf8('hunter2\r'));
  expect(line.take().length).toBe(7);
  expect(line.take().length).toBe(0);
});
