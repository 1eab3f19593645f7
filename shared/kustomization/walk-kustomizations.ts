/** @module From one kustomization to everything that its build reads, or to the reasons why it is not built. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { findCycle } from './kustomization-graph.ts';
import {
  type KustomizationFile,
  type KustomizationProblem,
  type KustomizationTree,
  kustomizationPaths,
} from './kustomization-tree.ts';
import { checkPluginConfig } from './plugin-config.ts';
import { readKustomization } from './read-kustomization.ts';
import { folderOf, isBelow, type KustomizationReference, outside } from './reference.ts';

/** The files of one commit, or of a checkout. */
export interface RepositoryFiles {
  /** What lies at `path`. A path that goes over a symbolic link leads to `link`. */
  kindOf(path: string): 'file' | 'folder' | 'link' | 'submodule' | 'missing';
  /** The contents of `paths`, all of which are files; null when the source does not give them out. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>> | null>;
}

/** How much a kustomization may take. */
export interface KustomizationLimits {
  /** Kustomizations, each counted as often as it is built; default 1,000. */
  readonly maxBuilds: number;
  /** How deep bases may lie in bases; default 32. */
  readonly maxDepth: number;
  /** Files; default 5,000. */
  readonly maxFiles: number;
  /** All files together, in bytes; default 32 MiB. */
  readonly maxBytes: number;
}

/** The defaults of {@link KustomizationLimits}. */
export const DEFAULT_KUSTOMIZATION_LIMITS: KustomizationLimits = Object.freeze({
  maxBuilds: 1_000,
  maxDepth: 32,
  maxFiles: 5_000,
  maxBytes: 32 * 1024 * 1024,
});

/** The tree, or everything that was found against it. */
export type KustomizationWalk =
  | { readonly tree: KustomizationTree; readonly problems?: never }
  | { readonly problems: readonly KustomizationProblem[]; readonly tree?: never };

/** Walks the kustomization in `folder`, which has one. Null when the source does not give out a file. */
export async function walkKustomizations(
  folder: string,
  files: RepositoryFiles,
  limits: KustomizationLimits = DEFAULT_KUSTOMIZATION_LIMITS,
): Promise<KustomizationWalk | null> {
  const walk = new Walk(folder, files, limits);
  for (let round = [folder]; round.length > 0 && walk.problems.length === 0; ) {
    const next = await walk.visit(round);
    if (next === null) return null;
    round = next;
  }
  if (walk.problems.length === 0) walk.checkGraph();
  if (walk.problems.length > 0) return { problems: walk.problems };
  if (!(await walk.readRest())) return null;
  return walk.problems.length > 0 ? { problems: walk.problems } : { tree: walk.tree() };
}

/** What one walk has found so far. */
class Walk {
  readonly problems: KustomizationProblem[] = [];
  readonly #root: string;
  readonly #files: RepositoryFiles;
  readonly #limits: KustomizationLimits;
  readonly #found = new Map<string, KustomizationFile>();
  /** Bases of each kustomization by folder, as often as they are named. */
  readonly #bases = new Map<string, KustomizationReference[]>();
  readonly #wanted = new Set<string>();
  readonly #configs: KustomizationReference[] = [];
  #keepsOrigins = false;
  #bytes = 0;

  constructor(root: string, files: RepositoryFiles, limits: KustomizationLimits) {
    this.#root = root;
    this.#files = files;
    this.#limits = limits;
  }

  tree(): KustomizationTree {
    const files = [...this.#found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { folder: this.#root, files, keepsOrigins: this.#keepsOrigins };
  }

  /** Reads the kustomizations of `folders`; returns the folders that they lead to and that are new. */
  async visit(folders: readonly string[]): Promise<string[] | null> {
    const places = folders.map((folder) => ({ folder, file: this.#findFile(folder) }));
    const known = places.flatMap(({ folder, file }) => (file === null ? [] : [{ folder, file }]));
    const contents = await this.#files.read(known.map(({ file }) => file));
    if (contents === null) return null;
    for (const { folder, file } of known) this.#read(folder, file, contents.get(file) ?? new Uint8Array());
    const named = known.flatMap(({ folder }) => this.#bases.get(folder) ?? []).map(({ path }) => path);
    const next = [...new Set(named)].filter((folder) => !this.#isVisited(folder));
    for (const folder of next) this.#bases.set(folder, []);
    return next;
  }

  #read(folder: string, file: string, bytes: Uint8Array<ArrayBuffer>): void {
    const isRoot = folder === this.#root;
    const { references, problems, rewritten, keepsOrigins } = readKustomization(file, bytes, { isRoot });
    if (isRoot) this.#keepsOrigins = keepsOrigins;
    this.problems.push(...problems);
    this.#add({ path: file, bytes, rewritten });
    for (const reference of references) this.#follow(folder, reference);
  }

  /** Cycles, and bases that are built too deep or too often. */
  checkGraph(): void {
    const cycle = findCycle(this.#bases, this.#root, this.#limits);
    if (cycle !== null) this.problems.push(cycle);
  }

  /** The files that the kustomizations name; settings of transformers are looked into, and may name more. */
  async readRest(): Promise<boolean> {
    if (!(await this.#readWanted())) return false;
    for (const { path, file, entry, line } of this.#configs) {
      const text = decodeUtf8(this.#found.get(path)?.bytes ?? new Uint8Array());
      const place = { file, field: entry, ...(line !== undefined && { line }) };
      const { references, problems } = checkPluginConfig(text ?? '', place);
      this.problems.push(...problems);
      for (const reference of references) this.#follow(folderOf(file), reference);
    }
    return this.problems.length > 0 || this.#readWanted();
  }

  async #readWanted(): Promise<boolean> {
    const paths = [...this.#wanted].filter((path) => !this.#found.has(path));
    if (paths.length + this.#found.size > this.#limits.maxFiles) {
      this.#refuseSize(`it needs more than ${this.#limits.maxFiles} files`);
      return true;
    }
    const contents = await this.#files.read(paths);
    if (contents === null) return false;
    for (const [path, bytes] of contents) this.#add({ path, bytes });
    return true;
  }

  #isVisited(folder: string): boolean {
    return this.#bases.has(folder) || folder === this.#root;
  }

  #add(file: KustomizationFile): void {
    this.#found.set(file.path, file);
    this.#bytes += file.bytes.length;
    if (this.#bytes > this.#limits.maxBytes && this.problems.length === 0)
      this.#refuseSize(`its files have more than ${this.#limits.maxBytes / 1024 / 1024} MiB`);
  }

  #refuseSize(why: string): void {
    const [file = this.#root] = kustomizationPaths(this.#root).filter((path) => this.#found.has(path));
    this.problems.push({ file, message: `the kustomization is not built: ${why}` });
  }

  /** The one kustomization file of `folder`; null after a problem. */
  #findFile(folder: string): string | null {
    const paths = kustomizationPaths(folder).filter((path) => this.#files.kindOf(path) !== 'missing');
    const [path] = paths;
    const problem = path === undefined ? this.#missing(folder) : this.#judgeFile(path, paths.length);
    if (problem !== null) this.problems.push(problem);
    return problem === null ? (path ?? null) : null;
  }

  /** The line to mend is the one that names the folder. */
  #missing(folder: string): KustomizationProblem {
    const reference = [...this.#bases.values()].flat().find((one) => one.path === folder);
    if (reference === undefined) return { file: folder, message: 'there is no kustomization file' };
    const { file, line, entry } = reference;
    const message = `${entry} leads to a folder without a kustomization file`;
    return { file, ...(line !== undefined && { line }), message };
  }

  #judgeFile(file: string, count: number): KustomizationProblem | null {
    if (count > 1) return { file, message: 'there is more than one kustomization file in this folder' };
    return this.#files.kindOf(file) === 'file' ? null : { file, message: 'the kustomization file is no plain file' };
  }

  #follow(folder: string, reference: KustomizationReference): void {
    const { path, target, entry, file, line } = reference;
    const at = { file, ...(line !== undefined && { line }) };
    const kind = path === '' ? 'folder' : this.#files.kindOf(path);
    if (kind === 'folder' && (target === 'folder' || target === 'either')) {
      const bases = this.#bases.get(folder) ?? [];
      this.#bases.set(folder, [...bases, reference]);
    } else if (kind === 'file' && target !== 'folder') this.#want(folder, reference);
    else this.problems.push({ ...at, message: `${entry} ${describeMiss(kind, target)}` });
  }

  #want(folder: string, reference: KustomizationReference): void {
    const { path, entry, file, line } = reference;
    if (!isBelow(path, folder)) {
      this.problems.push(outside({ file, ...(line !== undefined && { line }) }, entry));
      return;
    }
    this.#wanted.add(path);
    if (reference.target === 'config') this.#configs.push(reference);
  }
}

function describeMiss(kind: ReturnType<RepositoryFiles['kindOf']>, target: KustomizationReference['target']): string {
  if (kind === 'link') return 'leads over a symbolic link, and those are refused';
  if (kind === 'submodule') return 'is a submodule, and those are not read';
  if (kind === 'missing') return 'leads to nothing in this commit';
  if (kind === 'file') return 'is a file, and has to be a folder with a kustomization file';
  return target === 'config' ? 'is a folder; name the file with the settings' : 'is a folder, and has to be a file';
}
