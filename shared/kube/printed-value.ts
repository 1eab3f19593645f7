/** @module Finds the end of a value that the API server printed into a message, as JSON or in Go's own syntax. */

/** A literal inside of text. Its parts are bounded: a long word must not be tried from each of its characters to its end. */
const LITERAL =
  /(?:[&*]{0,3}[\w.]{1,100}(?:\[[\w.]{0,100}\][\w.]{0,100})?(?: \{\})?|map\[[^\]]{0,100}\][^{]{0,60})?\{|&?\[(?=["{\w])/g;
/** Brackets of a type or a literal, such as `map[string]v1.Thing{`, `[]string{` or `&value.valueUnstructured{`. */
const LITERAL_START = /^[&*]*[\w.\][*]*(?: \{\})?[[{]/;
const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/**
 * Index just behind the value that starts at `start`. A value whose end cannot be told, such as one that was cut, reaches
 * to the end of `text`: too much is dropped rather than too little.
 */
export function endOfPrintedValue(text: string, start: number): number {
  if (text[start] === '"') return endOfQuoted(text, start);
  const rest = text.slice(start, start + 200);
  if (LITERAL_START.test(rest) || rest.startsWith('(')) return endOfLiteral(text, start);
  const end = /: |, |$/.exec(text.slice(start));
  return end === null ? text.length : start + end.index;
}

/** `text` with every literal of JSON or Go replaced by `{…}`. */
export function withoutLiterals(text: string): string {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(LITERAL)) {
    if (match.index < from || isPathIndex(text, match.index)) continue;
    result += `${text.slice(from, match.index)}{…}`;
    from = endOfLiteral(text, match.index);
  }
  return result + text.slice(from);
}

/** `[0]` and `[name="x"]` directly behind a word belong to a field path, and `drop=["ALL"]` is advice. */
function isPathIndex(text: string, at: number): boolean {
  return text[at] === '[' && at > 0 && /[\w\])=]/.test(text[at - 1] ?? '');
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** A literal goes on as long as brackets are open, or another one opens directly behind it. */
function endOfLiteral(text: string, start: number): number {
  const open: string[] = [];
  let at = start;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (char === '"') {
      at = endOfQuoted(text, at);
      continue;
    }
    const closer = CLOSERS[char];
    if (closer !== undefined) open.push(closer);
    else if (char === open.at(-1)) open.pop();
    at += 1;
    if (open.length === 0 && closer === undefined && /[}\])]/.test(char) && !continuesLiteral(text, at)) return at;
  }
  return text.length;
}

/** `[]string{`, `map[string]interface {}{` and `(*v1.Thing)(nil)` have brackets that end before the value does. */
function continuesLiteral(text: string, at: number): boolean {
  return /^(?:[\w.*[\]]| \{\})*[{(]/.test(text.slice(at, at + 200));
}
