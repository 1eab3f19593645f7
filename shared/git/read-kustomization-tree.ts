/** @module A path whose folder holds a kustomization: the files that its build needs, wherever in the commit they lie, as blobs. */
import { isKustomizationFile, KUSTOMIZATION_NAMES, kustomizationPaths } from '../kustomization/kustomization-tree.ts';
import { folderOf } from '../kustomization/reference.ts';
import { type RepositoryFiles, walkKustomizations } from '../kustomization/walk-kustomizations.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';
import { costlyIgnore, type IgnoreRules } from '../sync-plan/ignore-rules.ts';
import type { CommitListing } from './commit-listing.ts';
import { GitError } from './errors.ts';
import { fetchBlobs } from './fetch-blobs.ts';
import { describeBytes } from './git-limits.ts';
import type { TreeEntry } from './list-tree.ts';
import type { OpenTreeRead } from './tree-read.ts';

/** The folder, and what lies below it. */
export interface ListedFolder {
  readonly folder: string;
  readonly entries: readonly TreeEntry[];
  readonly rules: IgnoreRules;
}

/** Whether the folder itself holds a kustomization file that is not left out by a pattern. */
export function findKustomization({ folder, entries, rules }: ListedFolder): boolean {
  const paths = kustomizationPaths(folder);
  try {
    return entries.some(
      ({ path, kind }) => kind !== 'folder' && paths.includes(path) && rules.find(path, 'file') === null,
    );
  } catch (error) {
    // Whoever selects the files finds the same pattern, and names it.
    if (costlyIgnore(error) === null) throw error;
    return false;
  }
}

/** The tree of the kustomization in `folder`; null when the server does not give out a file by its id. @throws GitError */
export async function readKustomizationTree(read: OpenTreeRead, folder: string): Promise<FileTree | null> {
  const { store, commit, limits } = read;
  const files = new CommitFiles(read, await store.listCommit(commit, limits.maxCommitEntries));
  const walk = await walkKustomizations(folder, files);
  if (walk === null) return null;
  const tree = { commit, files: [], skipped: [] };
  if (walk.tree === undefined)
    return { ...tree, problems: walk.problems.map((problem) => ({ ...problem, code: 'KUSTOMIZATION_REFUSED' })) };
  return { ...tree, problems: [], kustomization: walk.tree };
}

type Contents = Map<string, Uint8Array<ArrayBuffer>>;

/** The round of bases in bases from which on all kustomizations of the commit are brought at once, so that no chain of them takes more fetches. */
const AHEAD_ROUND = 3;
/** Of them; a commit with more is read round by round. */
const MAX_AHEAD_FILES = 5_000;
const MAX_AHEAD_BYTES = 8 * 1024 * 1024;

/** The files of one commit. */
class CommitFiles implements RepositoryFiles {
  readonly #read: OpenTreeRead;
  readonly #entries: CommitListing;
  /** Contents that were read ahead, by object id. */
  #ahead: Contents = new Map();
  #rounds = 0;

  constructor(read: OpenTreeRead, entries: CommitListing) {
    this.#read = read;
    this.#entries = entries;
  }

  kindOf(path: string): ReturnType<RepositoryFiles['kindOf']> {
    const kind = this.#entries.get(path)?.kind;
    // What git lists has no link above it; what it does not list may have one, which then is the deepest thing there is.
    if (kind !== undefined) return kind === 'symlink' ? 'link' : kind;
    for (let above = folderOf(path); above !== ''; above = folderOf(above)) {
      const found = this.#entries.get(above)?.kind;
      if (found !== undefined) return found === 'symlink' ? 'link' : 'missing';
    }
    return 'missing';
  }

  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>> | null> {
    const isRound = paths.length > 0 && paths.every(isKustomizationFile);
    if (isRound) this.#rounds += 1;
    const all = isRound && this.#rounds === AHEAD_ROUND ? this.#listKustomizations() : [];
    const wanted = paths.map((path) => ({ path, oid: this.#entries.get(path)?.oid ?? '' }));
    const oids = [...new Set(wanted.map(({ oid }) => oid))].filter((oid) => !this.#ahead.has(oid));
    const sizes = await fetchBlobs(this.#read, oids, async () => all);
    if (sizes === null) return null;
    this.#assertSizes(wanted, sizes);
    const blobs = await this.#read.store.readBlobs(oids, this.#read.limits.maxFileBytes);
    if (all.length > 0) this.#ahead = await this.#readAhead(all);
    return new Map(
      wanted.flatMap(({ path, oid }) => {
        const bytes = blobs.get(oid) ?? this.#ahead.get(oid);
        return bytes === undefined ? [] : [[path, bytes]];
      }),
    );
  }

  #listKustomizations(): readonly string[] {
    const oids = this.#entries.oidsNamed(KUSTOMIZATION_NAMES);
    return oids.length > MAX_AHEAD_FILES ? [] : oids;
  }

  /** Those of `oids` that the mirror has, unless they are too large together. */
  async #readAhead(oids: readonly string[]): Promise<Contents> {
    const { store } = this.#read;
    const sizes = await store.readSizes(oids);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    return total > MAX_AHEAD_BYTES ? new Map() : store.readBlobs([...sizes.keys()], MAX_AHEAD_BYTES);
  }

  #assertSizes(
    wanted: readonly { readonly path: string; readonly oid: string }[],
    sizes: ReadonlyMap<string, number>,
  ): void {
    const { maxFileBytes, maxTotalBytes } = this.#read.limits;
    const large = wanted.find(({ oid }) => (sizes.get(oid) ?? 0) > maxFileBytes);
    if (large !== undefined) {
      const message = `cannot read the kustomization: ${large.path} has more than ${describeBytes(maxFileBytes)}`;
      throw new GitError('GIT_TREE_TOO_LARGE', message);
    }
    assertTotal(
      wanted.reduce((sum, { oid }) => sum + (sizes.get(oid) ?? 0), 0),
      maxTotalBytes,
    );
  }
}

function assertTotal(bytes: number, maxTotalBytes: number): void {
  if (bytes <= maxTotalBytes) return;
  const message = `cannot read the kustomization: its files have ${describeBytes(bytes)}, and ${describeBytes(maxTotalBytes)} are allowed`;
  throw new GitError('GIT_TREE_TOO_LARGE', message);
}
