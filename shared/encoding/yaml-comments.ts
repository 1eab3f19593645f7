/** @module Finds the comments inside a YAML document, for an edit that replaces the document and would lose them. */
import { canonicalJson } from './json.ts';
import { parseDocuments } from './yaml-documents.ts';

/** Beyond so many places that look like a comment, the rest is taken for none; each costs a parse. */
const MAX_CANDIDATES = 200;

/** A `#` that may begin a comment: at the start of a line or after a blank. */
const CANDIDATE = /(?<=^|[ \t])#.*$/;

/** The first line of a block under a top-level key. */
const TOP_LEVEL_KEY = /^["']?([\w.-]+)["']?\s*:/;

/**
 * The comments of `content`, one document without its separator, from `#` to the end of their lines and in their order. What
 * stands under the top-level keys `except` is left out.
 */
export function findComments(content: string, except: readonly string[] = []): readonly string[] {
  const lines = content.split(/\r\n?|\n/);
  const meaning = lines.some((line) => CANDIDATE.test(line)) ? meaningOf(lines) : null;
  if (meaning === null) return [];
  const found: string[] = [];
  let candidates = 0;
  let key: string | undefined;
  for (const [index, line] of lines.entries()) {
    key = TOP_LEVEL_KEY.exec(line)?.[1] ?? key;
    const comment = key !== undefined && except.includes(key) ? undefined : CANDIDATE.exec(line)?.[0];
    if (comment === undefined || ++candidates > MAX_CANDIDATES) continue;
    // A `#` in a text or a block is content: without it the document reads otherwise.
    const without = lines.with(index, line.slice(0, line.length - comment.length));
    if (meaningOf(without) === meaning) found.push(comment);
  }
  return found;
}

function meaningOf(lines: readonly string[]): string | null {
  try {
    return canonicalJson(parseDocuments(lines.join('\n')).map((document) => document.value));
  } catch {
    return null;
  }
}
