/** @module A path whose folder holds a kustomization: the files that its build needs, wherever in the commit they lie, as blobs. */
import { kustomizationPaths } from '../kustomization/kustomization-tree.ts';
import { type RepositoryFiles, walkKustomizations } from '../kustomization/walk-kustomizations.ts';
import type { FileTree } from '../sync-plan/file-tree.ts';
import { costlyIgnore, type IgnoreRules } from '../sync-plan/ignore-rules.ts';
import { GitError } from './errors.ts';
import { fetchBlobs } from './fetch-blobs.ts';
import { describeBytes } from './git-limits.ts';
import type { TreeEntry } from './list-tree.ts';
import type { EntriesByPath } from './tree-index.ts';
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

/** The files of one commit. */
class CommitFiles implements RepositoryFiles {
  readonly #read: OpenTreeRead;
  readonly #entries: EntriesByPath;

  constructor(read: OpenTreeRead, entries: EntriesByPath) {
    this.#read = read;
    this.#entries = entries;
  }

  kindOf(path: string): ReturnType<RepositoryFiles['kindOf']> {
    const segments = path.split('/');
    const above = segments.slice(0, -1).map((_, index) => segments.slice(0, index + 1).join('/'));
    if (above.some((folder) => this.#entries.get(folder)?.kind === 'symlink')) return 'link';
    const kind = this.#entries.get(path)?.kind;
    return kind === 'symlink' ? 'link' : (kind ?? 'missing');
  }

  async read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>> | null> {
    const { limits, store } = this.#read;
    const wanted = paths.map((path) => ({ path, oid: this.#entries.get(path)?.oid ?? '' }));
    const oids = [...new Set(wanted.map(({ oid }) => oid))];
    const sizes = await fetchBlobs(this.#read, oids);
    if (sizes === null) return null;
    const large = wanted.find(({ oid }) => (sizes.get(oid) ?? 0) > limits.maxFileBytes);
    if (large !== undefined) {
      const message = `cannot read the kustomization: ${large.path} has more than ${describeBytes(limits.maxFileBytes)}`;
      throw new GitError('GIT_TREE_TOO_LARGE', message);
    }
    assertTotal(
      wanted.reduce((sum, { oid }) => sum + (sizes.get(oid) ?? 0), 0),
      limits.maxTotalBytes,
    );
    const blobs = await store.readBlobs(oids, limits.maxFileBytes);
    return new Map(
      wanted.flatMap(({ path, oid }) => (blobs.has(oid) ? [[path, blobs.get(oid) ?? new Uint8Array()]] : [])),
    );
  }
}

function assertTotal(bytes: number, maxTotalBytes: number): void {
  if (bytes <= maxTotalBytes) return;
  const message = `cannot read the kustomization: its files have ${describeBytes(bytes)}, and ${describeBytes(maxTotalBytes)} are allowed`;
  throw new GitError('GIT_TREE_TOO_LARGE', message);
}
