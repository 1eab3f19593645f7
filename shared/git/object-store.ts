/** @module Reads objects of a mirror by id, through git, and without any network. */
import { BatchParser } from './batch-parser.ts';
import { CommitListing } from './commit-listing.ts';
import { GitError, treeTooLarge } from './errors.ts';
import { DEFAULT_GIT_LIMITS } from './git-limits.ts';
import type { GitRunner } from './git-runner.ts';
import { parseTreeListing, type TreeEntry } from './list-tree.ts';

/** Bytes that one entry of a listing takes at most on average; bounds the output that is collected. */
const BYTES_PER_ENTRY = 256;

/** The objects of one mirror. */
export class ObjectStore {
  readonly #git: GitRunner;
  readonly #mirror: string;
  readonly #signal: AbortSignal | undefined;

  constructor(git: GitRunner, mirror: string, signal: AbortSignal | undefined) {
    this.#git = git;
    this.#mirror = mirror;
    this.#signal = signal;
  }

  /** Id of the tree at `path` of `commit`, or null when there is no such folder. `path` is normalised, and so holds no line break. */
  async findTree(commit: string, path: string): Promise<string | null> {
    const args = ['--git-dir=.', 'cat-file', '--batch-check=%(objecttype) %(objectname)'];
    const output = await this.#git.read(args, {
      cwd: this.#mirror,
      stdin: `${commit}:${path}\n`,
      signal: this.#signal,
    });
    return /^tree ([0-9a-f]{40,64})\n$/.exec(output.toString('utf8'))?.[1] ?? null;
  }

  /** Everything below `tree`, whose own path is `folder`. @throws GitError `GIT_TREE_TOO_LARGE`, `GIT_MIRROR_DAMAGED` */
  async listTree(tree: string, folder: string, maxEntries: number): Promise<TreeEntry[]> {
    // With the folders themselves (-t): links are resolved through them.
    const args = ['--git-dir=.', 'ls-tree', '-r', '-t', '-z', '--full-tree', tree];
    const listing = new BoundedListing(maxEntries);
    const onOutput = (chunk: Buffer): void => listing.push(chunk);
    await this.#git.read(args, { cwd: this.#mirror, onOutput, signal: this.#signal });
    return parseTreeListing(listing.bytes(), folder);
  }

  /** Everything below `folders` of `commit`; what is no folder is passed over. The root is the empty path. @throws GitError `GIT_TREE_TOO_LARGE`, `GIT_MIRROR_DAMAGED` */
  async listBelow(commit: string, folders: readonly string[], maxEntries: number): Promise<TreeEntry[]> {
    const paths = folders.includes('') ? [] : folders;
    const args = ['--git-dir=.', '--literal-pathspecs', 'ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths];
    const listing = new BoundedListing(maxEntries);
    const onOutput = (chunk: Buffer): void => listing.push(chunk);
    await this.#git.read(args, { cwd: this.#mirror, onOutput, signal: this.#signal });
    return parseTreeListing(listing.bytes(), '');
  }

  /** Everything in `commit`, to be looked up by path. @throws GitError `GIT_TREE_TOO_LARGE`, `GIT_MIRROR_DAMAGED` */
  async listCommit(commit: string, maxEntries: number): Promise<CommitListing> {
    const args = ['--git-dir=.', 'ls-tree', '-r', '-t', '-z', '--full-tree', `${commit}^{tree}`];
    const listing = new CommitListing(maxEntries);
    const onOutput = (chunk: Buffer): void => listing.push(chunk);
    await this.#git.read(args, { cwd: this.#mirror, onOutput, signal: this.#signal });
    return listing;
  }

  /** Ids of all folders of `commit` by path, the root under the empty one; none when there are more than `maxFolders`. */
  async listFolders(commit: string, maxFolders: number): Promise<ReadonlyMap<string, string>> {
    const root = await this.findTree(commit, '');
    const args = ['--git-dir=.', 'ls-tree', '-r', '-d', '-z', '--full-tree', commit];
    const maxOutputBytes = DEFAULT_GIT_LIMITS.maxEntries * BYTES_PER_ENTRY;
    const output = await this.#git.read(args, { cwd: this.#mirror, maxOutputBytes, signal: this.#signal });
    const entries = parseTreeListing(output, '').filter(({ kind, isNameValid }) => kind === 'folder' && isNameValid);
    if (root === null || entries.length > maxFolders) return new Map();
    return new Map([['', root], ...entries.map(({ path, oid }) => [path, oid] as const)]);
  }

  /** The entries of `commit` at exactly `paths`, as far as there are any. */
  async listPaths(commit: string, paths: readonly string[]): Promise<TreeEntry[]> {
    const args = ['--git-dir=.', '--literal-pathspecs', 'ls-tree', '-z', '--full-tree', commit, '--', ...paths];
    return parseTreeListing(await this.#git.read(args, { cwd: this.#mirror, signal: this.#signal }), '');
  }

  /** Sizes of the blobs in `oids` by id; ids that the mirror lacks are not among them. */
  async readSizes(oids: readonly string[]): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    if (oids.length === 0) return sizes;
    const args = ['--git-dir=.', 'cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)', '--buffer'];
    const maxOutputBytes = 1024 + oids.length * 128;
    const output = await this.#git.read(args, {
      cwd: this.#mirror,
      stdin: toLines(oids),
      maxOutputBytes,
      signal: this.#signal,
    });
    for (const line of output.toString('latin1').split('\n')) {
      const [oid, type, size] = line.split(' ');
      if (oid !== undefined && type === 'blob' && size !== undefined) sizes.set(oid, Number(size));
    }
    return sizes;
  }

  /** Contents of the blobs in `oids` by id. All of them are in the mirror. @throws GitError `GIT_MIRROR_DAMAGED` when one is not */
  async readBlobs(oids: readonly string[], maxBytes: number): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
    const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
    if (oids.length === 0) return blobs;
    const parser = new BatchParser(maxBytes, (oid, bytes) => blobs.set(oid, bytes));
    const onOutput = (chunk: Buffer): void => pushOrFail(parser, chunk);
    await this.#git.read(['--git-dir=.', 'cat-file', '--batch', '--buffer'], {
      cwd: this.#mirror,
      stdin: toLines(oids),
      onOutput,
      signal: this.#signal,
    });
    if (!parser.isAtBoundary() || oids.some((oid) => !blobs.has(oid))) throw unreadable();
    return blobs;
  }
}

/** Listed entries, counted as they come: a few small trees can stand for billions of files. */
class BoundedListing {
  readonly #maxEntries: number;
  readonly #chunks: Buffer[] = [];
  #entries = 0;
  #length = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** @throws GitError `GIT_TREE_TOO_LARGE` */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) this.#entries += 1;
    if (this.#entries > this.#maxEntries) throw treeTooLarge(`more than ${this.#maxEntries} files and folders`);
    if (this.#length > this.#maxEntries * BYTES_PER_ENTRY)
      throw treeTooLarge('the names of its files and folders are too long');
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

function pushOrFail(parser: BatchParser, chunk: Buffer): void {
  try {
    parser.push(chunk);
  } catch (error) {
    throw new GitError('GIT_MIRROR_DAMAGED', unreadable().message, { cause: error });
  }
}

function toLines(oids: readonly string[]): string {
  return oids.map((oid) => `${oid}\n`).join('');
}

function unreadable(): GitError {
  return new GitError(
    'GIT_MIRROR_DAMAGED',
    'cannot read the mirror of the repository: an object is missing or damaged',
  );
}
