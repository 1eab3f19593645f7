/** @module Reads the code out of Markdown by CommonMark's rules, as far as Signet's own comments need them: what is left is what renders. */

/** What a comment is made of. */
export interface MarkdownParts {
  /** The text outside of code, with `•` in the place of each inline code. */
  readonly prose: string;
  /** Contents of inline code, in order. */
  readonly code: readonly string[];
  /** Contents of fenced blocks, in order. */
  readonly blocks: readonly string[];
}

/** @throws Error for a fence that never ends */
export function readMarkdown(text: string): MarkdownParts {
  const blocks: string[] = [];
  const outside: string[] = [];
  let open: OpenBlock | null = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (open === null) {
      open = openBlock(line);
      if (open === null) outside.push(line);
    } else if (isEnd(line, open)) {
      blocks.push(open.lines.join('\n'));
      open = null;
    } else open.lines.push(line);
  }
  if (open !== null) throw new Error('a fence never ends');
  const code: string[] = [];
  return { prose: outside.map((line) => takeCode(line, code)).join('\n'), code, blocks };
}

interface OpenBlock {
  readonly length: number;
  readonly lines: string[];
}

/** Two spaces belong to the list item, three more are allowed. */
const FENCE = /^ {0,5}(`{3,})(.*)$/;

function openBlock(line: string): OpenBlock | null {
  const [, fence = '', info = ''] = FENCE.exec(line) ?? [];
  return fence === '' || info.includes('`') ? null : { length: fence.length, lines: [] };
}

function isEnd(line: string, { length }: OpenBlock): boolean {
  const [, fence = '', rest = ''] = FENCE.exec(line) ?? [];
  return fence.length >= length && rest.trim() === '';
}

/** A run of backticks is closed by the next run of the same length on the line. */
function takeCode(line: string, code: string[]): string {
  return line.replace(/(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, (_all, _fence, inner: string) => {
    code.push(/^ .* $/.test(inner) && inner.trim() !== '' ? inner.slice(1, -1) : inner);
    return '•';
  });
}
