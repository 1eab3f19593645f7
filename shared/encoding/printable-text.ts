/** @module Text from files, Git and the cluster, made safe to show on a terminal. */

import { CONTROLS } from './control-characters.ts';

const KEPT = new Set(['\n', '\t']);

// Control characters move the cursor and recolour the screen; bidirectional controls reorder what is read. A file name
// or a message from elsewhere must do neither.
const UNSAFE = new RegExp(String.raw`[${CONTROLS}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]`, 'gu');

/** `text` with every control character but newline and tab written as an escape such as `\x1b`. */
export function toPrintable(text: string): string {
  return text.replace(UNSAFE, (character) => (KEPT.has(character) ? character : escapeOf(character)));
}

/** {@link toPrintable} on one line: newlines and tabs are written as escapes, too. */
export function toPrintableLine(text: string): string {
  return toPrintable(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '\\n' : '\\t'));
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
