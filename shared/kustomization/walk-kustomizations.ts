/** @module From one kustomization to everything that its build reads, or to the reasons why it is not built. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import { findCycle, tooDeep, tooMany } from './kustomization-graph.ts';
import {
  type KustomizationFile,
  type KustomizationProblem,
  type KustomizationTree,
  kustomizationPaths,
} from './kustomization-tree.ts';
import { checkPluginConfig } from './plugin-config.ts';
import { readKustomization } from './read-kustomization.ts';
import { ReadingBudget, type ReadingLimits } from './reading-budget.ts';
import { folderOf, isBelow, type KustomizationReference, outside } from './reference.ts';

/** The files of one commit, or of a checkout. */
export interface RepositoryFiles {
  /** What lies at `path`. A path that goes over a symbolic link leads to `link`. */
  kindOf(path: string): 'file' | 'folder' | 'link' | 'submodule' | 'missing';
  /** The contents of `paths`, all of which are files; null when the source does not give them out. */
  read(paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array<ArrayBuffer>> | null>;
}

/** How much a kustomization may take; of its entries 20,000, and of their text 4 MiB by default. */
export interface KustomizationLimits extends ReadingLimits {
  /** Kustomizations, each counted as often as it is built; default 1,000. */
  readonly maxBuilds: number;
  /** How deep bases may lie in bases; default 32. */
  readonly maxDepth: number;
  /** Files; default 5,000. */
  readonly maxFiles: number;
  /** All files together, in bytes, each as often as it is named; default 32 MiB. */
  readonly maxBytes: number;
}

const MIB = 1024 * 1024;

const DEFAULT_LIMITS: KustomizationLimits = {
  maxBuilds: 1_000,
  maxDepth: 32,
  maxFiles: 5_000,
  maxBytes: 32 * MIB,
  maxEntries: 20_000,
  maxTextSize: 4 * MIB,
};

/** More of them nobody reads, and each takes time and memory. */
const MAX_PROBLEMS = 100;

/** The tree, or everything that was found against it. */
export type KustomizationWalk =
  | { readonly tree: KustomizationTree; readonly problems?: never }
  | { readonly problems: readonly KustomizationProblem[]; readonly tree?: never };

/** Walks the kustomization in `folder`, which has one. Null when the source does not give out a file. */
export async function walkKustomizations(
  folder: string,
  files: RepositoryFiles,
  limits: Partial<KustomizationLimits> = {},
): Promise<KustomizationWalk | null> {
  const walk = new Walk(folder, files, { ...DEFAULT_LIMITS, ...limits });
  for (let round: readonly string[] | null = [folder]; round.length > 0; ) {
    round = await walk.visit(round);
    if (round === null) return null;
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
  readonly #budget: ReadingBudget;
  readonly #found = new Map<string, KustomizationFile>();
  /** Bases of each kustomization by folder, as often as they are named. */
  readonly #bases = new Map<string, KustomizationReference[]>();
  /** What names each of these folders first. */
  readonly #namedBy = new Map<string, KustomizationReference>();
  /** Files by path, and how often each is named: kustomize reads it as often. */
  readonly #wanted = new Map<string, number>();
  /** By the kustomization file and the path that it names. */
  readonly #configs = new Map<string, KustomizationReference>();
  #next: string[] = [];
  #depth = 0;
  #keepsOrigins = false;
  #bytes = 0;
  #isStopped = false;

  constructor(root: string, files: RepositoryFiles, limits: KustomizationLimits) {
    this.#root = root;
    this.#files = files;
    this.#limits = limits;
    this.#budget = new ReadingBudget(limits);
    this.#bases.set(root, []);
  }

  tree(): KustomizationTree {
    const files = [...this.#found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { folder: this.#root, files, keepsOrigins: this.#keepsOrigins };
  }

  /** Reads the kustomizations of `folders`; returns the folders that they lead to and that are new, none after a problem. */
  async visit(folders: readonly string[]): Promise<readonly string[] | null> {
    this.#depth += 1;
    const [deepest] = folders.flatMap((folder) => this.#namedBy.get(folder) ?? []);
    if (this.#depth > this.#limits.maxDepth && deepest !== undefined) {
      this.#stop(tooDeep(deepest, this.#limits));
      return [];
    }
    const known = folders.flatMap((folder) => {
      const file = this.#findFile(folder);
      return file === null ? [] : [{ folder, file }];
    });
    const contents = await this.#files.read(known.map(({ file }) => file));
    if (contents === null) return null;
    for (const { folder, file } of known) this.#read(folder, file, contents.get(file) ?? new Uint8Array());
    return this.problems.length > 0 ? [] : this.#next.splice(0);
  }

  #read(folder: string, file: string, bytes: Uint8Array<ArrayBuffer>): void {
    const isRoot = folder === this.#root;
    const read = readKustomization(file, bytes, { isRoot, budget: this.#budget });
    if (isRoot) this.#keepsOrigins = read.keepsOrigins;
    for (const problem of read.problems) this.#report(problem);
    this.#add({ path: file, bytes, rewritten: read.rewritten });
    this.#stopBeyondBudget();
    for (const reference of read.references) this.#follow(folder, reference);
  }

  /** Cycles, and bases that are built too deep or too often. */
  checkGraph(): void {
    const cycle = findCycle(this.#bases, this.#root, this.#limits);
    if (cycle !== null) this.#report(cycle);
  }

  /** The files that the kustomizations name; settings of transformers are looked into, and may name more. */
  async readRest(): Promise<boolean> {
    if (!(await this.#readWanted())) return false;
    for (const { path, file, entry, line } of this.#configs.values()) {
      const text = decodeUtf8(this.#found.get(path)?.bytes ?? new Uint8Array());
      const place = { file, field: entry, ...(line !== undefined && { line }) };
      const { references, problems } = checkPluginConfig(text ?? '', place, this.#budget);
      for (const problem of problems) this.#report(problem);
      this.#stopBeyondBudget();
      if (this.#isStopped) break;
      for (const reference of references) this.#follow(folderOf(file), reference);
    }
    return this.problems.length > 0 || this.#readWanted();
  }

  async #readWanted(): Promise<boolean> {
    const paths = [...this.#wanted.keys()].filter((path) => !this.#found.has(path));
    if (paths.length + this.#found.size > this.#limits.maxFiles) {
      this.#refuseSize(`it needs more than ${this.#limits.maxFiles} files`);
      return true;
    }
    const contents = await this.#files.read(paths);
    if (contents === null) return false;
    for (const [path, bytes] of contents) this.#add({ path, bytes }, this.#wanted.get(path));
    return true;
  }

  #add(file: KustomizationFile, times = 1): void {
    this.#found.set(file.path, file);
    this.#bytes += file.bytes.length * times;
    if (this.#bytes > this.#limits.maxBytes)
      this.#refuseSize(
        `its files have more than ${this.#limits.maxBytes / MIB} MiB, each counted as often as it is named`,
      );
  }

  #stopBeyondBudget(): void {
    if (this.#budget.fault !== null) this.#refuseSize(this.#budget.fault);
  }

  #refuseSize(why: string): void {
    const [file = this.#root] = kustomizationPaths(this.#root).filter((path) => this.#found.has(path));
    this.#stop({ file, message: `the kustomization is not built: ${why}` });
  }

  #report(problem: KustomizationProblem): void {
    if (!this.#isStopped && this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
  }

  /** Nothing else matters, and nothing more is looked at. */
  #stop(problem: KustomizationProblem): void {
    if (!this.#isStopped) this.problems.splice(0, this.problems.length, problem);
    this.#isStopped = true;
  }

  /** The one kustomization file of `folder`; null after a problem. */
  #findFile(folder: string): string | null {
    const paths = kustomizationPaths(folder).filter((path) => this.#files.kindOf(path) !== 'missing');
    const [path] = paths;
    const problem = path === undefined ? this.#missing(folder) : this.#judgeFile(path, paths.length);
    if (problem !== null) this.#report(problem);
    return problem === null ? (path ?? null) : null;
  }

  /** The line to mend is the one that names the folder. */
  #missing(folder: string): KustomizationProblem {
    const reference = this.#namedBy.get(folder);
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
    if (this.#isStopped || this.problems.length >= MAX_PROBLEMS) return;
    const { path, target, entry, file, line } = reference;
    const kind = path === '' ? 'folder' : this.#files.kindOf(path);
    if (kind === 'folder' && (target === 'folder' || target === 'either')) this.#addBase(folder, reference);
    else if (kind === 'file' && target !== 'folder') this.#want(folder, reference);
    else this.#report({ file, ...(line !== undefined && { line }), message: `${entry} ${describeMiss(kind, target)}` });
  }

  #addBase(folder: string, reference: KustomizationReference): void {
    this.#bases.get(folder)?.push(reference);
    if (this.#bases.has(reference.path)) return;
    if (this.#bases.size >= this.#limits.maxBuilds) this.#stop(tooMany(reference, this.#limits));
    this.#bases.set(reference.path, []);
    this.#namedBy.set(reference.path, reference);
    this.#next.push(reference.path);
  }

  #want(folder: string, reference: KustomizationReference): void {
    const { path, entry, file, line } = reference;
    if (!isBelow(path, folder)) {
      this.#report(outside({ file, ...(line !== undefined && { line }) }, entry));
      return;
    }
    this.#wanted.set(path, (this.#wanted.get(path) ?? 0) + 1);
    const place = JSON.stringify([file, path]);
    if (reference.target === 'config' && !this.#configs.has(place)) this.#configs.set(place, reference);
  }
}

function describeMiss(kind: ReturnType<RepositoryFiles['kindOf']>, target: KustomizationReference['target']): string {
  if (kind === 'link') return 'leads over a symbolic link, and those are refused';
  if (kind === 'submodule') return 'is a submodule, and those are not read';
  if (kind === 'missing') return 'leads to nothing in this commit';
  if (kind === 'file') return 'is a file, and has to be a folder with a kustomization file';
  return target === 'config' ? 'is a folder; name the file with the settings' : 'is a folder, and has to be a file';
}
