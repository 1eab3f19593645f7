/**
 * @module Foreign text inside of Markdown. What comes from files and clusters stands in code only, where Markdown, HTML, mentions and
 * links mean nothing; the delimiters are longer than anything inside that could end them.
 */
import { toPrintable, toPrintableLine } from '../../shared/encoding/printable-text.ts';
import { shortenText } from '../../shared/encoding/shorten-text.ts';

const MAX_CODE = 1_000;

/** `text` as inline code on one line, at most 1,000 characters of it. */
export function toCode(text: string): string {
  const line = toPrintableLine(shortenText(text, MAX_CODE));
  const fence = '`'.repeat(longestRun(line) + 1);
  // One space on each side is not shown, and keeps a backtick at the edge apart from the fence.
  const needsSpace = line === '' || /^[` ]|[` ]$/.test(line);
  return needsSpace ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** `lines` as a code block that ends in a newline; `language` is Markdown's own word for how to colour it. */
export function toCodeBlock(lines: readonly string[], language: string): string {
  const text = lines.map((line) => `${toPrintable(line.replaceAll('\n', '\\n'))}\n`).join('');
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}${fence}\n`;
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
