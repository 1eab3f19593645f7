/** @module Walks paths and symbolic links inside one tree, in memory: nothing outside of it can be reached. */
import { GitError } from './errors.ts';
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
/** Of all walks through one tree: a link of 4 KiB is a thousand folders long, and there may be thousands of links that lead over forty others. */
const MAX_COST = 1_000_000;
/** A look into the whole tree costs as much as so many steps. */
const LOOK_COST = 20;
const MAX_REMEMBERED = 10_000;

/** The entries of a whole tree by path, those with invalid names left out. */
export type EntriesByPath = Pick<ReadonlyMap<string, TreeEntry>, 'get'>;

/** Follows paths through the entries of a whole tree. */
export class TreeIndex {
  readonly #lookups: Lookups;

  constructor(entries: EntriesByPath) {
    this.#lookups = new Lookups(entries);
  }

  /**
   * Follows `path` from the root, and every link on the way. `linkTexts` holds the texts of links by object id.
   * @throws GitError `GIT_TREE_TOO_LARGE` when following the paths so far has taken too long
   */
  resolve(path: string, linkTexts: ReadonlyMap<string, string>): Resolution {
    return new Walk(this.#lookups, linkTexts).follow(path);
  }
}

/** The entries, and what all walks together may still cost. */
class Lookups {
  readonly #entries: EntriesByPath;
  readonly #remembered = new Map<string, TreeEntry | undefined>();
  #cost = 0;

  constructor(entries: EntriesByPath) {
    this.#entries = entries;
  }

  find(path: string): TreeEntry | undefined {
    if (this.#remembered.has(path)) return this.#remembered.get(path);
    this.spend(LOOK_COST);
    const entry = this.#entries.get(path);
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(path, entry);
    return entry;
  }

  spend(cost: number): void {
    this.#cost += cost;
    if (this.#cost <= MAX_COST) return;
    throw new GitError('GIT_TREE_TOO_LARGE', 'cannot read the repository: its symbolic links take too long to follow', {
      hint: 'commit the files themselves in place of links, or choose a path with fewer links',
    });
  }
}

/** One walk: the segments still to go, last one first, and where it stands. */
class Walk {
  readonly #lookups: Lookups;
  readonly #linkTexts: ReadonlyMap<string, string>;
  readonly #pending: string[] = [];
  /** The folders that it is in, the root left out; the last one may be something else. */
  readonly #walked: { readonly path: string; readonly entry: TreeEntry }[] = [];
  #links = 0;

  constructor(lookups: Lookups, linkTexts: ReadonlyMap<string, string>) {
    this.#lookups = lookups;
    this.#linkTexts = linkTexts;
  }

  follow(path: string): Resolution {
    this.#goTo(path);
    for (let segment = this.#pending.pop(); segment !== undefined; segment = this.#pending.pop()) {
      const end = this.#step(segment);
      if (end !== null) return end;
    }
    const entry = this.#walked.at(-1)?.entry;
    return entry === undefined ? { kind: 'root' } : { kind: 'found', entry };
  }

  /** Null to go on. Invariant: between two steps, the present place exists and is no link. */
  #step(segment: string): Resolution | null {
    if (segment === '' || segment === '.') return null;
    const here = this.#walked.at(-1);
    // A file has nothing below it, not even `..`.
    if (here !== undefined && here.entry.kind !== 'folder') return { kind: 'missing' };
    if (segment === '..') return this.#walked.pop() === undefined ? { kind: 'outside' } : null;
    const path = here === undefined ? segment : `${here.path}/${segment}`;
    const entry = this.#lookups.find(path);
    if (entry === undefined) return { kind: 'missing' };
    if (entry.kind === 'symlink') return this.#enterLink(entry.oid);
    this.#walked.push({ path, entry });
    return null;
  }

  #enterLink(oid: string): Resolution | null {
    this.#links += 1;
    if (this.#links > MAX_LINKS) return { kind: 'loop' };
    const text = this.#linkTexts.get(oid);
    if (text === undefined) return { kind: 'unread', oid };
    if (text === '') return { kind: 'missing' };
    if (text.startsWith('/')) return { kind: 'outside' };
    this.#goTo(text);
    return null;
  }

  #goTo(path: string): void {
    const segments = path.split('/');
    this.#lookups.spend(segments.length);
    this.#pending.push(...segments.reverse());
  }
}
