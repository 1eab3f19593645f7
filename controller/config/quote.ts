/** @module Words of a command line, or of a variable, in messages. */
import { toPrintableLine } from '../../shared/encoding/printable-text.ts';

const MAX_SHOWN = 120;

/** `text` in double quotes, on one line, without what would move a cursor, and cut short when it is long. */
export function quote(text: string): string {
  return `"${toPrintableLine(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)}"`;
}
