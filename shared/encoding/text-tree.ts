/**
 * @module Where the values of a document stand in its text, in one form for YAML and JSON, and the steps over blanks and
 * comments that an edit needs. The trees are made in yaml-tree.ts and json-tree.ts.
 */

/** A value and its place. All offsets are UTF-16 units from 0 of the whole text. */
export interface TextNode {
  /** `null`: spelled or left out. `other`: an alias, or something whose parts cannot be told for certain. */
  readonly kind: 'map' | 'list' | 'scalar' | 'null' | 'other';
  /** The content with its tag and anchor, without comments around it. Both are equal, behind the indicator, where nothing stands. */
  readonly start: number;
  readonly end: number;
  /** True for a map or list in brackets. */
  readonly isFlow: boolean;
  /** Of a map, in the order of the text. */
  readonly entries: readonly TextEntry[];
  /** Of a list. */
  readonly items: readonly TextNode[];
}

/** One entry of a map. */
export interface TextEntry {
  /** As it reads; a merge is the key `<<`. */
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Offset of the colon. */
  readonly colon: number;
  readonly value: TextNode;
}

/** Makes a node; what is left out is empty. */
export function textNode(
  kind: TextNode['kind'],
  range: { readonly start: number; readonly end: number },
  content: Partial<Pick<TextNode, 'isFlow' | 'entries' | 'items'>> = {},
): TextNode {
  const { start, end } = range;
  return { kind, start, end, isFlow: false, entries: [], items: [], ...content };
}

/** Where `entry` ends: behind its value, or behind its colon when it has none. */
export function entryEnd(entry: TextEntry): number {
  return Math.max(entry.value.end, entry.colon + 1);
}

/** The offset of the first character from `offset` on that is neither blank nor part of a comment. */
export function skipToContent(text: string, offset: number): number {
  let at = offset;
  // One pattern for all of it would need more stack than there is for a file of comments.
  while (at < text.length) {
    if (text[at] === '#') at = lineEndAt(text, at);
    else if (' \t\r\n'.includes(text.charAt(at))) at++;
    else break;
  }
  return at;
}

/** The offset behind the last character of `text` from `start` to `end` that is not blank. */
export function trimEnd(text: string, start: number, end: number): number {
  let trimmed = Math.min(end, text.length);
  while (trimmed > start && ' \t\r\n'.includes(text.charAt(trimmed - 1))) trimmed--;
  return trimmed;
}

/** Start of the line of `offset`; a byte-order mark stands before the first line. */
export function lineStartAt(text: string, offset: number): number {
  let start = offset;
  while (start > 0 && !isBreak(text, start - 1)) start--;
  return start === 0 && text.startsWith('\ufeff') ? Math.min(1, offset) : start;
}

/** End of the line of `offset`, before its line break. */
export function lineEndAt(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && !isBreak(text, end)) end++;
  return end;
}

/** Start of the next line, or the end of the text. */
export function nextLineAt(text: string, offset: number): number {
  const end = lineEndAt(text, offset);
  if (end === text.length) return end;
  return text.startsWith('\r\n', end) ? end + 2 : end + 1;
}

/** What stands before `offset` on its line. */
export function linePrefix(text: string, offset: number): string {
  return text.slice(lineStartAt(text, offset), offset);
}

/** True when from `offset` to the end of the line there are only blanks and perhaps a comment. */
export function endsLine(text: string, offset: number): boolean {
  return /^[ \t]*(?:$|[ \t]#)/.test(text.slice(offset, lineEndAt(text, offset)));
}

/** True for text of blanks and line breaks only, or of nothing. */
export function isBlankText(text: string): boolean {
  return !/[^ \t\r\n]/.test(text);
}

function isBreak(text: string, offset: number): boolean {
  const character = text[offset];
  return character === '\n' || character === '\r';
}
