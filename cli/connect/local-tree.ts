/** @module A folder of this machine as the files of a revision, by the rules that hold for a commit. */
import { type Dirent, existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import { compareText } from '../../shared/encoding/compare-text.ts';
import { DEFAULT_GIT_LIMITS, describeBytes } from '../../shared/git/git-limits.ts';
import type { FileTree, SkippedFile, TreeFile, TreeProblem } from '../../shared/sync-plan/file-tree.ts';
import {
  costlyIgnore,
  describeIgnore,
  IGNORE_FIELD,
  IGNORE_FILE,
  type IgnoreList,
  IgnoreRules,
  MAX_IGNORE_BYTES,
  parseIgnoreField,
  parseIgnoreFile,
  unusableIgnore,
} from '../../shared/sync-plan/ignore-rules.ts';
import { isHiddenPath, isManifestName } from '../../shared/sync-plan/manifest-path.ts';
import { CliError } from '../terminal/errors.ts';
import { describeSystemError } from '../terminal/system-error.ts';
import { hasKustomization, readLocalKustomization } from './local-kustomization.ts';

interface OpenTree {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly files: TreeFile[];
  readonly problems: TreeProblem[];
  readonly skipped: SkippedFile[];
  /** Files and links that were met, for when all ignore files are known. */
  readonly met: MetFile[];
  readonly ignore: IgnoreList[];
  totalBytes: number;
}

interface MetFile {
  readonly entry: Dirent;
  readonly absolute: string;
}

/** What a GitSync says of the folder. */
export interface LocalSource {
  /** Default: the root. */
  readonly path?: string;
  readonly ignore?: readonly string[];
}

/**
 * The manifests below the path of the checkout at `root`; their paths are relative to `root`. Files that are not committed count, too; what
 * {@link LocalSource.ignore} and `.signetignore` files leave out does not.
 * @param name what the user called `root`, for messages.
 * @throws CliError `CLI_SOURCE_UNREADABLE`
 */
export async function readLocalTree(root: string, source: LocalSource, name: string): Promise<FileTree> {
  try {
    const { path: folder = '.', ignore = [] } = source;
    const real = realpathSync(root);
    const start = findStart(real, folder, name);
    const tree: OpenTree = { root: real, files: [], problems: [], skipped: [], met: [], ignore: [], totalBytes: 0 };
    readIgnoreAbove(tree, start);
    walk(tree, start, start);
    const rules = rulesFor(tree, ignore);
    const below = toSlashes(path.relative(real, start));
    if (hasKustomizationIn(tree, below, rules)) return await readLocalKustomization(real, below);
    addFiles(tree, rules);
    return {
      commit: '',
      files: tree.files.toSorted((a, b) => compareText(a.path, b.path)),
      problems: tree.problems,
      skipped: tree.skipped,
    };
  } catch (error) {
    throw error instanceof CliError ? error : unreadable(name, describeSystemError(error));
  }
}

/** `folder` below `root`, with symbolic links resolved: no file of it lies elsewhere. */
function findStart(root: string, folder: string, name: string): string {
  const start = path.resolve(root, folder);
  const outside = (): CliError => unreadable(name, `its path "${folder}" leads out of it`);
  if (!isInside(root, start)) throw outside();
  if (!existsSync(start)) throw unreadable(name, `it has no folder "${folder}"`);
  const real = realpathSync(start);
  if (!isInside(root, real)) throw outside();
  return real;
}

function walk(tree: OpenTree, start: string, folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const absolute = path.join(folder, entry.name);
    if (entry.name === IGNORE_FILE) readIgnoreFile(tree, absolute);
    if (isHiddenPath(toSlashes(path.relative(start, absolute)))) continue;
    if (entry.isDirectory()) walk(tree, start, absolute);
    else tree.met.push({ entry, absolute });
  }
}

/** Those of the folders above `start`, which have a say in what is below. */
function readIgnoreAbove(tree: OpenTree, start: string): void {
  for (let folder = start; folder !== tree.root; ) {
    folder = path.dirname(folder);
    const file = path.join(folder, IGNORE_FILE);
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) readIgnoreFile(tree, file);
  }
}

function readIgnoreFile(tree: OpenTree, absolute: string): void {
  const file = toSlashes(path.relative(tree.root, absolute));
  const stats = lstatSync(absolute);
  const isUsable = stats.isFile() && stats.size <= MAX_IGNORE_BYTES;
  const text = isUsable ? decodeUtf8(new Uint8Array(readFileSync(absolute))) : null;
  const list = text === null ? null : parseIgnoreFile(file, text);
  if (list === null) tree.problems.push(unusableIgnore(file));
  else tree.ignore.push(list);
}

function rulesFor(tree: OpenTree, patterns: readonly string[]): IgnoreRules {
  const field = parseIgnoreField(patterns);
  if (field === null) tree.problems.push(unusableIgnore(IGNORE_FIELD));
  return new IgnoreRules(tree.ignore, field);
}

/** A pattern that takes too long is named when the files are looked at. */
function hasKustomizationIn({ root }: OpenTree, folder: string, rules: IgnoreRules): boolean {
  try {
    return hasKustomization(root, folder, rules);
  } catch (error) {
    if (costlyIgnore(error) === null) throw error;
    return false;
  }
}

function addFiles(tree: OpenTree, rules: IgnoreRules): void {
  try {
    for (const { entry, absolute } of tree.met) {
      const file = toSlashes(path.relative(tree.root, absolute));
      const match = rules.find(file, 'file');
      if (match === null) addFile(tree, entry, absolute);
      else if (isManifestName(entry.name)) tree.skipped.push({ file, reason: describeIgnore(match) });
    }
  } catch (error) {
    const problem = costlyIgnore(error);
    if (problem === null) throw error;
    tree.problems.push(problem);
  }
}

function addFile(tree: OpenTree, entry: Dirent, absolute: string): void {
  const file = toSlashes(path.relative(tree.root, absolute));
  const isLink = entry.isSymbolicLink();
  const problem = isLink ? problemOfLink(tree, absolute) : null;
  if (problem === 'folder') tree.skipped.push({ file, reason: 'symbolic links to folders are not followed' });
  else if (!isManifestName(entry.name)) return;
  else if (problem !== null) tree.problems.push({ file, ...problem });
  else if (isLink || entry.isFile()) readManifest(tree, file, absolute);
}

function readManifest(tree: OpenTree, file: string, absolute: string): void {
  const { maxFileBytes, maxTotalBytes, maxFiles } = DEFAULT_GIT_LIMITS;
  const { size } = statSync(absolute);
  if (size > maxFileBytes) {
    const message = `the file has ${describeBytes(size)}, at most ${describeBytes(maxFileBytes)} are read`;
    tree.problems.push({ file, code: 'GIT_FILE_TOO_LARGE', message });
    return;
  }
  tree.totalBytes += size;
  if (tree.totalBytes > maxTotalBytes)
    throw unreadable(tree.root, `its manifests have more than ${describeBytes(maxTotalBytes)}`);
  if (tree.files.length >= maxFiles) throw unreadable(tree.root, `it holds more than ${maxFiles} manifests`);
  tree.files.push({ path: file, bytes: new Uint8Array(readFileSync(absolute)) });
}

function problemOfLink(tree: OpenTree, absolute: string): Omit<TreeProblem, 'file'> | 'folder' | null {
  let target: string;
  try {
    target = realpathSync(absolute);
  } catch {
    return { code: 'GIT_SYMLINK_BROKEN', message: 'the symbolic link leads to nothing' };
  }
  if (!isInside(tree.root, target))
    return { code: 'GIT_SYMLINK_OUTSIDE', message: 'the symbolic link leaves the folder' };
  return lstatSync(target).isDirectory() ? 'folder' : null;
}

function isInside(root: string, file: string): boolean {
  return file === root || file.startsWith(root.endsWith(path.sep) ? root : root + path.sep);
}

function toSlashes(file: string): string {
  return file.split(path.sep).join('/');
}

function unreadable(name: string, reason: string): CliError {
  return new CliError('CLI_SOURCE_UNREADABLE', `cannot read "${name}": ${reason}`);
}
