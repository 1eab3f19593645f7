/**
 * @module One line of a gitignore file, and whether it matches a path: git's own reading of it, byte for byte. Patterns come from strangers, so matching
 * takes steps out of a budget.
 */

/** One pattern. */
export interface IgnorePattern {
  /** True for `!pattern`: what it matches is taken again. */
  readonly isNegated: boolean;
  /** The pattern ends in a slash: it matches folders only. */
  readonly isFolderOnly: boolean;
  /** Without a slash inside, the pattern is held against the last segment of a path, at any depth. */
  readonly isName: boolean;
  /** As bytes, one character each; what the pattern begins with, up to its first special character. */
  readonly literal: string;
  /** The rest. */
  readonly glob: string;
  /** What a name ends in, for a glob that says no more than that; else null. */
  readonly ending: string | null;
}

/** Steps that are left; {@link matchesPattern} throws when there are none. */
export interface IgnoreBudget {
  steps: number;
}

/** Thrown when patterns take more steps than they may. */
export class IgnoreBudgetError extends Error {}

/** One place of a glob costs as much as so many plain comparisons. */
const GLOB_STEP = 10;
const SPECIAL = /[*?[\\]/;
const ASCII = /^\p{ASCII}*$/u;

/** The pattern in `line`; null for a comment and an empty line. */
export function parseIgnoreLine(line: string): IgnorePattern | null {
  if (line.startsWith('#')) return null;
  let text = trimTrailingBlanks(toByteText(line));
  const isNegated = text.startsWith('!');
  if (isNegated) text = text.slice(1);
  const isFolderOnly = text.endsWith('/');
  if (isFolderOnly) text = text.slice(0, -1);
  if (text === '') return null;
  const isName = !text.includes('/');
  const anchored = text.startsWith('/') ? text.slice(1) : text;
  const special = anchored.search(SPECIAL);
  const cut = special < 0 ? anchored.length : special;
  const glob = anchored.slice(cut);
  const ending = isName && glob.startsWith('*') && !SPECIAL.test(glob.slice(1)) ? glob.slice(1) : null;
  return { isNegated, isFolderOnly, isName, literal: anchored.slice(0, cut), glob, ending };
}

/** Whether `pattern` matches `path`, both as bytes; `path` is relative to the folder of the pattern. @throws IgnoreBudgetError */
export function matchesPattern(pattern: IgnorePattern, path: string, budget: IgnoreBudget): boolean {
  spendSteps(budget, 1);
  const text = pattern.isName ? path.slice(path.lastIndexOf('/') + 1) : path;
  if (!text.startsWith(pattern.literal)) return false;
  const rest = text.slice(pattern.literal.length);
  if (pattern.glob === '') return rest === '';
  if (pattern.ending !== null) return rest.endsWith(pattern.ending);
  return new GlobMatch(pattern.glob, rest, budget).matches(0, 0);
}

/** `text` in UTF-8, each byte as one character: git knows of no others. */
export function toByteText(text: string): string {
  if (ASCII.test(text)) return text;
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}

/** Blanks at the end do not count, but for one behind a backslash. */
function trimTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === ' ' && !isEscaped(text, end - 1)) end -= 1;
  return text.slice(0, end);
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** Takes `steps`. @throws IgnoreBudgetError when there are not so many left */
export function spendSteps(budget: IgnoreBudget, steps: number): void {
  budget.steps -= steps;
  if (budget.steps < 0) throw new IgnoreBudgetError('the patterns take too long to match');
}

/** One glob against one text. Places that failed once are remembered, so that the work is bounded by the product of both lengths. */
class GlobMatch {
  readonly #glob: string;
  readonly #text: string;
  readonly #budget: IgnoreBudget;
  readonly #failed = new Set<number>();

  constructor(glob: string, text: string, budget: IgnoreBudget) {
    this.#glob = glob;
    this.#text = text;
    this.#budget = budget;
  }

  matches(globAt: number, textAt: number): boolean {
    const place = globAt * (this.#text.length + 1) + textAt;
    spendSteps(this.#budget, GLOB_STEP);
    if (this.#failed.has(place)) return false;
    const isMatch = this.#step(globAt, textAt);
    if (!isMatch) this.#failed.add(place);
    return isMatch;
  }

  #step(globAt: number, textAt: number): boolean {
    const [glob, text] = [this.#glob, this.#text];
    const symbol = glob[globAt];
    if (symbol === undefined) return textAt === text.length;
    if (symbol === '*') return this.#star(globAt, textAt);
    const character = text[textAt];
    if (character === undefined) return false;
    if (symbol === '?') return character !== '/' && this.matches(globAt + 1, textAt + 1);
    if (symbol === '[') return this.#bracket(globAt, textAt, character);
    const isQuote = symbol === '\\';
    const literal = isQuote ? glob[globAt + 1] : symbol;
    return literal === character && this.matches(globAt + (isQuote ? 2 : 1), textAt + 1);
  }

  /** A star stays inside of a segment; two of them that make up a segment of their own stand for any number of folders. */
  #star(globAt: number, textAt: number): boolean {
    const glob = this.#glob;
    let end = globAt;
    while (glob[end] === '*') end += 1;
    const isOwnSegment = (globAt === 0 || glob[globAt - 1] === '/') && (end === glob.length || glob[end] === '/');
    if (end - globAt === 1 || !isOwnSegment) return this.#skip(end, textAt, '/');
    // `**/` also stands for no folder at all.
    return (glob[end] === '/' && this.matches(end + 1, textAt)) || this.#skip(end, textAt, null);
  }

  /** Whether the glob matches from `globAt` on after some of the text, as far as `stop`. */
  #skip(globAt: number, textAt: number, stop: string | null): boolean {
    const far = stop === null ? -1 : this.#text.indexOf(stop, textAt);
    const last = far < 0 ? this.#text.length : far;
    const next = this.#glob[globAt];
    const isLiteral = next !== undefined && !SPECIAL.test(next);
    for (let at = textAt; at <= last; at += 1) {
      if (isLiteral) at = this.#text.indexOf(next, at);
      if (at < 0 || at > last) return false;
      if (this.matches(globAt, at)) return true;
    }
    return false;
  }

  #bracket(globAt: number, textAt: number, character: string): boolean {
    const set = readBracket(this.#glob, globAt, character);
    return set?.isMatch === true && character !== '/' && this.matches(set.end, textAt + 1);
  }
}

/** POSIX classes in the C locale, as pairs of first and last byte. */
const CLASSES: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map([
  [
    'alnum',
    [
      [0x30, 0x39],
      [0x41, 0x5a],
      [0x61, 0x7a],
    ],
  ],
  [
    'alpha',
    [
      [0x41, 0x5a],
      [0x61, 0x7a],
    ],
  ],
  [
    'blank',
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    'cntrl',
    [
      [0x00, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ['digit', [[0x30, 0x39]]],
  ['graph', [[0x21, 0x7e]]],
  ['lower', [[0x61, 0x7a]]],
  ['print', [[0x20, 0x7e]]],
  [
    'punct',
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    'space',
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['upper', [[0x41, 0x5a]]],
  [
    'xdigit',
    [
      [0x30, 0x39],
      [0x41, 0x46],
      [0x61, 0x66],
    ],
  ],
]);

/** One item of a set: whether it has the character, and where the next item begins. */
interface SetItem {
  readonly isMatch: boolean;
  readonly end: number;
}

/** Whether the set at `start` of `glob` has `character`, and where the set ends; null for one that does not end or that is malformed. */
function readBracket(glob: string, start: number, character: string): SetItem | null {
  let at = start + 1;
  const isNegated = glob[at] === '!' || glob[at] === '^';
  if (isNegated) at += 1;
  let isMatch = false;
  for (let isFirst = true; isFirst || glob[at] !== ']'; isFirst = false) {
    const item = readItem(glob, at, character);
    if (item === null) return null;
    isMatch ||= item.isMatch;
    at = item.end;
  }
  return { isMatch: isMatch !== isNegated, end: at + 1 };
}

function readItem(glob: string, at: number, character: string): SetItem | null {
  const isNamed = glob.startsWith('[:', at);
  const close = isNamed ? glob.indexOf(']', at + 2) : -1;
  if (isNamed && close < 0) return null;
  // Without a colon before its end, it is no named class but a set that has a bracket.
  if (close > at + 2 && glob[close - 1] === ':') return readClass(glob.slice(at + 2, close - 1), close + 1, character);
  return readRange(glob, at, character);
}

function readClass(name: string, end: number, character: string): SetItem | null {
  const code = character.charCodeAt(0);
  const ranges = CLASSES.get(name);
  return ranges === undefined ? null : { isMatch: ranges.some(([low, high]) => code >= low && code <= high), end };
}

/** The first letter of a range is in it, even where the range runs backwards. */
function readRange(glob: string, at: number, character: string): SetItem | null {
  const low = readLetter(glob, at);
  if (low === null) return null;
  const isRange = glob[low.end] === '-' && glob[low.end + 1] !== undefined && glob[low.end + 1] !== ']';
  const high = isRange ? readLetter(glob, low.end + 1) : low;
  if (high === null) return null;
  const isMatch = character === low.letter || (character > low.letter && character <= high.letter);
  return { isMatch, end: high.end };
}

function readLetter(glob: string, at: number): { letter: string; end: number } | null {
  const isQuoted = glob[at] === '\\';
  const letter = glob[isQuoted ? at + 1 : at];
  return letter === undefined ? null : { letter, end: at + (isQuoted ? 2 : 1) };
}
