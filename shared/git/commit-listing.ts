/** @module All entries of a commit, found by path: half a million are kept as the bytes that git printed, outside of the heap and without a map of them. */
import { type GitError, treeTooLarge } from './errors.ts';
import { parseTreeEntry, type TreeEntry } from './list-tree.ts';

/** Bytes that one entry of a listing takes at most on average; longer than in any repository that people browse. */
const BYTES_PER_ENTRY = 160;
/** Of one entry; adding up a longer one from pieces would take ever more time. */
const MAX_ENTRY_BYTES = 1024 * 1024;
const SYMLINK = '120000 ';
const FOLDER = '040000 ';
const FILE = '100';
const MODE_LENGTH = SYMLINK.length;
const TAB = 9;
const SLASH = 0x2f;

/** The entries of one whole commit. Filled by {@link CommitListing.push}, then read. */
export class CommitListing {
  readonly #maxEntries: number;
  /** Whole entries each, in the order of git: by path, that of a folder with a slash behind it. */
  readonly #blocks: Buffer[] = [];
  /** Where each entry begins: its block, and the place there. */
  #places = new Uint32Array(2_048);
  #count = 0;
  #length = 0;
  #rest = Buffer.alloc(0);

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Takes the next bytes of `git ls-tree -r -t -z`. @throws GitError `GIT_TREE_TOO_LARGE` */
  push(chunk: Buffer): void {
    const end = chunk.lastIndexOf(0) + 1;
    const begun = this.#rest;
    this.#rest = Buffer.concat(end === 0 ? [begun, chunk] : [chunk.subarray(end)]);
    this.#length += chunk.length;
    if (this.#length > this.#maxEntries * BYTES_PER_ENTRY || this.#rest.length > MAX_ENTRY_BYTES)
      throw tooMany('the names of all files and folders of the repository are too long');
    if (end > 0) this.#takeBlock(Buffer.concat([begun, chunk.subarray(0, end)]));
  }

  /** The entry at `path`, unless its name is none that is taken; with the order of git a search by halves finds it. */
  get(path: string): TreeEntry | undefined {
    const file = Buffer.from(path);
    const at = this.#search(file) ?? this.#search(Buffer.from(`${path}/`));
    const entry = at === null ? null : parseTreeEntry(this.#lineAt(at));
    return entry?.isNameValid === true && entry.path === path ? entry : undefined;
  }

  /** Object ids of all symbolic links, each once. */
  linkOids(): string[] {
    return this.#oidsOf((line) => hasMode(line, SYMLINK));
  }

  /** Object ids of all files, each once, whose last segment is one of `names`. */
  oidsNamed(names: readonly string[]): string[] {
    const endings = names.flatMap((name) => [Buffer.from(`/${name}`), Buffer.from(`\t${name}`)]);
    return this.#oidsOf((line) => isPlainFile(line) && endings.some((ending) => endsWith(line, ending)));
  }

  #oidsOf(isWanted: (line: Buffer) => boolean): string[] {
    const oids = new Set<string>();
    for (let at = 0; at < this.#count; at++) {
      const line = this.#lineAt(at);
      if (isWanted(line)) oids.add(parseTreeEntry(line)?.oid ?? '');
    }
    return [...oids].filter((oid) => oid !== '');
  }

  #takeBlock(block: Buffer): void {
    this.#blocks.push(block);
    for (let start = 0; start < block.length; start = block.indexOf(0, start) + 1) this.#addPlace(start);
    if (this.#count > this.#maxEntries)
      throw tooMany(`the whole repository has more than ${this.#maxEntries} files and folders`);
  }

  #addPlace(start: number): void {
    if (this.#count * 2 === this.#places.length) {
      const larger = new Uint32Array(this.#places.length * 2);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places.set([this.#blocks.length - 1, start], this.#count * 2);
    this.#count += 1;
  }

  #lineAt(at: number): Buffer {
    const block = this.#blocks[this.#places[at * 2] ?? 0] ?? Buffer.alloc(0);
    const start = this.#places[at * 2 + 1] ?? 0;
    return block.subarray(start, block.indexOf(0, start));
  }

  /** Number of the entry whose key is `key`; null when there is none. */
  #search(key: Buffer): number | null {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compareKey(this.#lineAt(middle), key);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return null;
  }
}

/** Order of the entry `line` and `key`: a folder is sorted as if its path ended in a slash. */
function compareKey(line: Buffer, key: Buffer): number {
  const path = line.subarray(line.indexOf(TAB) + 1);
  const order = Buffer.compare(path, key.subarray(0, path.length));
  if (order !== 0 || !hasMode(line, FOLDER)) return order === 0 ? Math.sign(path.length - key.length) : order;
  if (key.length === path.length) return 1;
  const next = key[path.length] ?? 0;
  return next === SLASH ? Math.sign(path.length + 1 - key.length) : Math.sign(SLASH - next);
}

function hasMode(line: Buffer, mode: string): boolean {
  return line.toString('latin1', 0, MODE_LENGTH) === mode;
}

function isPlainFile(line: Buffer): boolean {
  return line.toString('latin1', 0, FILE.length) === FILE;
}

function endsWith(line: Buffer, ending: Buffer): boolean {
  return line.length >= ending.length && ending.compare(line, line.length - ending.length) === 0;
}

function tooMany(why: string): GitError {
  return treeTooLarge(
    why,
    'symbolic links and kustomizations need all of them: keep the manifests in a smaller repository, or without either',
  );
}
