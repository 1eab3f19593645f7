/** @module Which files of a tree are left out, by the lists of patterns that hold for it. Pure: whoever reads the tree brings the lists. */
import type { TreeProblem } from './file-tree.ts';
import {
  type IgnoreBudget,
  IgnoreBudgetError,
  type IgnorePattern,
  matchesPattern,
  parseIgnoreLine,
  spendSteps,
  toByteText,
} from './ignore-pattern.ts';

/** Name of the files that hold patterns for their folder and all below it. */
export const IGNORE_FILE = '.signetignore';
/** The field with patterns of the GitSync itself, as messages call it. */
export const IGNORE_FIELD = 'spec.source.ignore';
/** Largest list of patterns, in bytes. */
export const MAX_IGNORE_BYTES = 64 * 1024;
/** Most lists of one tree, and their bytes together: each pattern becomes some hundred bytes, and a tree of a few KiB can name one file a hundred thousand times. */
export const MAX_IGNORE_FILES = 1_000;
/** See {@link MAX_IGNORE_FILES}. */
export const MAX_ALL_IGNORE_BYTES = 256 * 1024;
/** Most patterns of one list. */
const MAX_PATTERNS = 1_000;
const MAX_LINE = 1_024;

/** Patterns of one origin. Of two lists, that of the deeper folder counts; the list of the GitSync counts before all of them. */
export interface IgnoreList {
  /** For people: the path of the file, or the field. */
  readonly origin: string;
  /** Folder to which the patterns are relative; empty for the root. */
  readonly folder: string;
  readonly patterns: readonly NumberedPattern[];
}

/** A pattern and its line, counted from 1. */
export interface NumberedPattern {
  readonly line: number;
  readonly pattern: IgnorePattern;
}

/** Why a path is left out. */
export interface IgnoreMatch {
  readonly origin: string;
  readonly line: number;
}

/** The list in the file `path` with the text `text`; null when it holds too many patterns, or one that is too long. */
export function parseIgnoreFile(path: string, text: string): IgnoreList | null {
  return toList(path, folderOf(path), `${text.replace(/^\u{feff}/u, '')}\n`.split(/\r?\n/));
}

/** The list of `spec.source.ignore`, one pattern each, relative to the root of the repository; null when there are too many or one is too long. */
export function parseIgnoreField(patterns: readonly string[]): IgnoreList | null {
  return toList(IGNORE_FIELD, '', patterns);
}

function toList(origin: string, folder: string, lines: readonly string[]): IgnoreList | null {
  const patterns = lines.flatMap((text, index): NumberedPattern[] => {
    const pattern = parseIgnoreLine(text);
    return pattern === null ? [] : [{ line: index + 1, pattern }];
  });
  const isTooLong = lines.some((line) => line.length > MAX_LINE);
  return isTooLong || patterns.length > MAX_PATTERNS ? null : { origin, folder, patterns };
}

/** Steps that one tree may take; matching a path against a plain name takes one. */
const MAX_STEPS = 10_000_000;

/** What is left out of one tree. Answers about folders are kept, since every file below them needs them. */
export class IgnoreRules {
  readonly #lists: ReadonlyMap<string, IgnoreList>;
  readonly #field: IgnoreList | null;
  readonly #budget: IgnoreBudget = { steps: MAX_STEPS };
  readonly #folders = new Map<string, IgnoreMatch | null>();

  /** `lists` are of different folders; `field` counts before all of them. */
  constructor(lists: readonly IgnoreList[], field: IgnoreList | null) {
    this.#lists = new Map(lists.map((list) => [list.folder, list]));
    this.#field = field;
  }

  /**
   * What leaves `path` out, or null. A file below a folder that is left out cannot be taken again, as in git.
   * @throws IgnoreBudgetError when the patterns are too costly for the tree
   */
  find(path: string, kind: 'file' | 'folder'): IgnoreMatch | null {
    const slash = path.lastIndexOf('/');
    const above = slash < 0 ? null : this.#findFolder(path.slice(0, slash));
    return above ?? this.#decide(path, kind);
  }

  #findFolder(path: string): IgnoreMatch | null {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const match = this.find(path, 'folder');
    this.#folders.set(path, match);
    return match;
  }

  /** The last pattern that matches decides, of the list that counts most and has one. */
  #decide(path: string, kind: 'file' | 'folder'): IgnoreMatch | null {
    for (const { origin, folder, patterns } of this.#listsFor(path)) {
      const relative = toByteText(folder === '' ? path : path.slice(folder.length + 1));
      const last = patterns.findLast(
        ({ pattern }) =>
          (kind === 'folder' || !pattern.isFolderOnly) && matchesPattern(pattern, relative, this.#budget),
      );
      if (last !== undefined) return last.pattern.isNegated ? null : { origin, line: last.line };
    }
    return null;
  }

  /** The lists that hold for `path`, the one that counts most first. */
  *#listsFor(path: string): Generator<IgnoreList> {
    if (this.#field !== null) yield this.#field;
    if (this.#lists.size === 0) return;
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      spendSteps(this.#budget, 1);
      const list = this.#lists.get(folder);
      if (list !== undefined) yield list;
      if (folder === '') return;
    }
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `match` as the reason for which a file is left out. */
export function describeIgnore({ origin, line }: IgnoreMatch): string {
  return `it is ignored by ${origin}, ${origin === IGNORE_FIELD ? 'pattern' : 'line'} ${line}`;
}

/** What is wrong with a list that cannot be read, be it a file or the field. */
export function unusableIgnore(file: string): TreeProblem {
  return {
    file,
    code: 'GIT_IGNORE_REFUSED',
    message: `the list of what to ignore is no text file of at most ${MAX_IGNORE_BYTES / 1024} KiB, ${MAX_PATTERNS} patterns and ${MAX_LINE} characters a line`,
  };
}

/** What is wrong with a tree that has more lists than {@link MAX_IGNORE_FILES} or {@link MAX_ALL_IGNORE_BYTES}; `file` is one of them. */
export function tooManyIgnores(file: string): TreeProblem {
  return {
    file,
    code: 'GIT_IGNORE_REFUSED',
    message: `the path has more than ${MAX_IGNORE_FILES} lists of what to ignore, or more than ${MAX_ALL_IGNORE_BYTES / 1024} KiB of them`,
    hint: 'put the patterns into one list above',
  };
}

/** What is wrong with a tree whose patterns take too long; null when `error` is another one. */
export function costlyIgnore(error: unknown): TreeProblem | null {
  if (!(error instanceof IgnoreBudgetError)) return null;
  return {
    file: IGNORE_FILE,
    code: 'GIT_IGNORE_REFUSED',
    message: 'the patterns of what to ignore take too long to match',
    hint: 'use fewer patterns, and fewer stars in each',
  };
}
