/** @module A folder of this machine as the files of a revision, by the rules that hold for a commit. */
import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { DEFAULT_GIT_LIMITS, describeBytes } from '../../shared/git/git-limits.ts';
import type { FileTree, SkippedFile, TreeFile, TreeProblem } from '../../shared/sync-plan/file-tree.ts';
import { comparePaths, isHiddenPath, isManifestName } from '../../shared/sync-plan/manifest-path.ts';
import { CliError } from '../terminal/errors.ts';
import { describeSystemError } from '../terminal/system-error.ts';

interface OpenTree {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly files: TreeFile[];
  readonly problems: TreeProblem[];
  readonly skipped: SkippedFile[];
  totalBytes: number;
}

/**
 * The manifests below `folder` of the checkout at `root`; their paths are relative to `root`. Files that are not committed count, too.
 * @param name what the user called `root`, for messages.
 * @throws CliError `CLI_SOURCE_UNREADABLE`
 */
export function readLocalTree(root: string, folder: string, name: string): FileTree {
  try {
    const real = realpathSync(root);
    const start = path.resolve(real, folder);
    if (!isInside(real, start)) throw unreadable(name, `its path "${folder}" leads out of it`);
    const tree: OpenTree = { root: real, files: [], problems: [], skipped: [], totalBytes: 0 };
    walk(tree, start, start);
    return {
      commit: '',
      files: tree.files.toSorted((a, b) => comparePaths(a.path, b.path)),
      problems: tree.problems,
      skipped: tree.skipped,
    };
  } catch (error) {
    throw error instanceof CliError ? error : unreadable(name, describeSystemError(error));
  }
}

function walk(tree: OpenTree, start: string, folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const absolute = path.join(folder, entry.name);
    if (isHiddenPath(toSlashes(path.relative(start, absolute)))) continue;
    if (entry.isDirectory()) walk(tree, start, absolute);
    else addFile(tree, entry, absolute);
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
