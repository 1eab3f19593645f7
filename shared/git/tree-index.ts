/** @module Walks paths and symbolic links inside one tree, in memory: nothing outside of it can be reached. */
import type { TreeEntry } from './list-tree.ts';

/** Where a path leads. `unread`: the walk met a link whose text is not known yet. */
export type Resolution =
  | { readonly kind: 'found'; readonly entry: TreeEntry }
  | { readonly kind: 'root' }
  | { readonly kind: 'unread'; readonly oid: string }
  | { readonly kind: 'outside' }
  | { readonly kind: 'loop' }
  | { readonly kind: 'missing' };

/** As many links as Linux follows before it calls a path a loop. */
const MAX_LINKS = 40;

/** The entries of a whole tree by path, those with invalid names left out. */
export type EntriesByPath = Pick<ReadonlyMap<string, TreeEntry>, 'get'>;

/** Follows paths through the entries of a whole tree. */
export class TreeIndex {
  readonly #entries: EntriesByPath;

  constructor(entries: EntriesByPath) {
    this.#entries = entries;
  }

  /** Follows `path` from the root, and every link on the way. `linkTexts` holds the texts of links by object id. */
  resolve(path: string, linkTexts: ReadonlyMap<string, string>): Resolution {
    return new Walk(this.#entries, linkTexts).follow(path);
  }
}

/** One walk: the segments still to go, last one first, and where it stands. */
class Walk {
  readonly #entries: EntriesByPath;
  readonly #linkTexts: ReadonlyMap<string, string>;
  readonly #pending: string[] = [];
  readonly #walked: string[] = [];
  #links = 0;

  constructor(entries: EntriesByPath, linkTexts: ReadonlyMap<string, string>) {
    this.#entries = entries;
    this.#linkTexts = linkTexts;
  }

  follow(path: string): Resolution {
    this.#pending.push(...path.split('/').reverse());
    for (let segment = this.#pending.pop(); segment !== undefined; segment = this.#pending.pop()) {
      const end = this.#step(segment);
      if (end !== null) return end;
    }
    const entry = this.#here();
    return entry === undefined ? { kind: 'root' } : { kind: 'found', entry };
  }

  /** The entry at the present place; undefined at the root. */
  #here(): TreeEntry | undefined {
    return this.#entries.get(this.#walked.join('/'));
  }

  /** Null to go on. Invariant: between two steps, the present place exists and is no link. */
  #step(segment: string): Resolution | null {
    if (segment === '' || segment === '.') return null;
    const here = this.#here();
    // A file has nothing below it, not even `..`.
    if (here !== undefined && here.kind !== 'folder') return { kind: 'missing' };
    if (segment === '..') return this.#walked.pop() === undefined ? { kind: 'outside' } : null;
    this.#walked.push(segment);
    const entry = this.#here();
    if (entry === undefined) return { kind: 'missing' };
    return entry.kind === 'symlink' ? this.#enterLink(entry.oid) : null;
  }

  #enterLink(oid: string): Resolution | null {
    this.#links += 1;
    if (this.#links > MAX_LINKS) return { kind: 'loop' };
    const text = this.#linkTexts.get(oid);
    if (text === undefined) return { kind: 'unread', oid };
    if (text === '') return { kind: 'missing' };
    if (text.startsWith('/')) return { kind: 'outside' };
    this.#walked.pop();
    this.#pending.push(...text.split('/').reverse());
    return null;
  }
}
