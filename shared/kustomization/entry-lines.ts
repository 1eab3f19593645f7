/** @module Where entries of a kustomization file stand: the parser keeps no places of single entries, so they are looked for in the text. */
import { countLineBreaks } from '../encoding/text-position.ts';

/** Each takes a walk through the whole text, and a stranger decides how many there are. */
const MAX_MISSES = 64;

/** Finds lines in one text. Entries that are asked for in the order in which they are written cost one walk through the text, all of them together. */
export class EntryLines {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #misses = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line, from 1, that holds `needle`: the next one, or else the first of the text; undefined when there is none, or when too many were not found. */
  find(needle: string): number | undefined {
    if (this.#misses >= MAX_MISSES) return undefined;
    const next = this.#text.indexOf(needle, this.#at);
    if (next >= 0) return this.#moveTo(next);
    this.#misses += 1;
    const first = this.#text.indexOf(needle);
    if (first < 0) return undefined;
    this.#at = 0;
    this.#line = 1;
    return this.#moveTo(first);
  }

  #moveTo(offset: number): number {
    this.#line += countLineBreaks(this.#text, this.#at, offset);
    this.#at = offset;
    return this.#line;
  }
}
