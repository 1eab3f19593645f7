/** @module A kustomization in a checkout of this machine, by the rules that hold for a commit. */
import { lstatSync, readFileSync, type Stats } from 'node:fs';
import path from 'node:path';
import { DEFAULT_GIT_LIMITS, describeBytes } from '../../shared/git/git-limits.ts';
import { kustomizationPaths } from '../../shared/kustomization/kustomization-tree.ts';
import { type RepositoryFiles, walkKustomizations } from '../../shared/kustomization/walk-kustomizations.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import type { IgnoreRules } from '../../shared/sync-plan/ignore-rules.ts';
import { CliError } from '../terminal/errors.ts';

/** Whether `folder` of the checkout at `root` holds a kustomization file that no pattern leaves out. */
export function hasKustomization(root: string, folder: string, rules: IgnoreRules): boolean {
  return kustomizationPaths(folder).some(
    (file) => statOf(root, file) !== undefined && rules.find(file, 'file') === null,
  );
}

/** What the build of the kustomization in `folder` reads. @throws CliError `CLI_SOURCE_UNREADABLE` */
export async function readLocalKustomization(root: string, folder: string): Promise<FileTree> {
  const walk = await walkKustomizations(folder, new CheckoutFiles(root));
  const tree = { commit: '', files: [], skipped: [] };
  if (walk?.tree !== undefined) return { ...tree, problems: [], kustomization: walk.tree };
  const problems = walk?.problems ?? [];
  return { ...tree, problems: problems.map((problem) => ({ ...problem, code: 'KUSTOMIZATION_REFUSED' })) };
}

/** The files of a checkout; links count as links, wherever they lead. */
class CheckoutFiles implements RepositoryFiles {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  kindOf(file: string): ReturnType<RepositoryFiles['kindOf']> {
    const segments = file.split('/');
    for (let length = 1; length < segments.length; length++) {
      const above = statOf(this.#root, segments.slice(0, length).join('/'));
      if (above?.isSymbolicLink() === true) return 'link';
    }
    return kindOfStats(statOf(this.#root, file));
  }

  async read(files: readonly string[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
    return new Map(files.map((file) => [file, this.#readOne(file)]));
  }

  #readOne(file: string): Uint8Array<ArrayBuffer> {
    const { maxFileBytes } = DEFAULT_GIT_LIMITS;
    if ((statOf(this.#root, file)?.size ?? 0) > maxFileBytes)
      throw new CliError(
        'CLI_SOURCE_UNREADABLE',
        `cannot read "${file}": it has more than ${describeBytes(maxFileBytes)}`,
      );
    return new Uint8Array(readFileSync(path.join(this.#root, file)));
  }
}

function statOf(root: string, file: string): Stats | undefined {
  return lstatSync(path.join(root, file), { throwIfNoEntry: false });
}

function kindOfStats(stats: Stats | undefined): ReturnType<RepositoryFiles['kindOf']> {
  if (stats?.isSymbolicLink() === true) return 'link';
  if (stats?.isDirectory() === true) return 'folder';
  return stats?.isFile() === true ? 'file' : 'missing';
}
