/** @module The main path of reading: bring the commit, find the folder, choose the manifests, bring their contents, read them. */
import { compareText } from '../encoding/compare-text.ts';
import type { FileTree, TreeFile, TreeProblem } from '../sync-plan/file-tree.ts';
import { treeTooLarge } from './errors.ts';
import { fetchBlobs, readLinkTexts } from './fetch-blobs.ts';
import { fetchCommit } from './fetch-commit.ts';
import { type FoundFolder, findFolder } from './find-folder.ts';
import { describeBytes, type GitLimits } from './git-limits.ts';
import { listAlongside } from './list-alongside.ts';
import type { TreeEntry } from './list-tree.ts';
import { ObjectStore } from './object-store.ts';
import { type FoundIgnore, readIgnore } from './read-ignore.ts';
import { findKustomization, readKustomizationTree } from './read-kustomization-tree.ts';
import { type SelectedFile, type Selection, selectManifests } from './select-manifests.ts';
import { TreeIndex } from './tree-index.ts';
import type { OpenTreeRead, TreeRead } from './tree-read.ts';

/**
 * The manifests of the folder; null when the server gives the commit by its id but not its files: then only another read with
 * `contents: 'whole'`, into an empty mirror, can help.
 * @throws GitError
 */
export async function readTree(request: TreeRead): Promise<FileTree | null> {
  const read: OpenTreeRead = { ...request, store: new ObjectStore(request.git, request.mirror, request.signal) };
  await fetchCommit(read);
  const opened = await openFolder(read);
  if (opened === null) return null;
  if (findKustomization(opened)) return readKustomization(read, opened.folder);
  const isOfFolderAlone = opened.folder === read.folder && !hasLinks(opened.entries);
  const selection = await selectFiles(read, opened);
  if (selection === null) return null;
  assertFileCount(selection.files.length, read.limits);
  const oids = [...new Set(selection.files.map((file) => file.oid))];
  const sizes = await fetchBlobs(read, oids, () => listAlongside(read));
  if (sizes === null) return null;
  const { readable, problems } = separateTooLarge(selection.files, sizes, read.limits);
  const files = await readFiles(read, readable);
  const all = [...selection.problems, ...problems].sort((a, b) => compareText(a.file, b.file));
  const tree = { commit: read.commit, files, problems: all, skipped: selection.skipped };
  return isOfFolderAlone ? { ...tree, isOfFolderAlone } : tree;
}

async function readKustomization(read: OpenTreeRead, folder: string): Promise<FileTree | null> {
  const tree = await readKustomizationTree(read, folder);
  const isWithin = (path: string): boolean => folder === '' || path.startsWith(`${folder}/`);
  const isOfFolderAlone = folder === read.folder && tree?.kustomization?.files.every(({ path }) => isWithin(path));
  return tree !== null && isOfFolderAlone === true ? { ...tree, isOfFolderAlone } : tree;
}

function hasLinks(entries: readonly TreeEntry[]): boolean {
  return entries.some((entry) => entry.kind === 'symlink');
}

/** The folder of the read, and what lies below it. */
interface OpenedFolder extends FoundFolder {
  readonly entries: readonly TreeEntry[];
  readonly ignore: FoundIgnore;
}

async function openFolder(read: OpenTreeRead): Promise<(OpenedFolder & Pick<FoundIgnore, 'rules'>) | null> {
  const found = await findFolder(read);
  if (found === null) return null;
  const entries = await read.store.listTree(found.tree, found.folder, read.limits.maxEntries);
  const ignore = await readIgnore(read, found.folder, entries);
  return ignore === null ? null : { ...found, entries, ignore, rules: ignore.rules };
}

/**
 * Links are read in rounds, because one may lead over another: those of the path, those that they lead to, and then all that the commit has, so that no
 * chain of them takes more than three.
 */
async function selectFiles(read: OpenTreeRead, opened: OpenedFolder): Promise<Selection | null> {
  const { store, commit, limits } = read;
  const { entries, folder, ignore } = opened;
  const all = hasLinks(entries) ? await store.listCommit(commit, limits.maxCommitEntries) : null;
  const index = all === null ? null : new TreeIndex(all);
  const { rules } = ignore;
  const linkTexts = new Map<string, string>();
  for (let round = 1; ; round++) {
    const selection = selectManifests({ entries, folder, index, linkTexts, rules });
    if (selection.unreadLinks.length === 0)
      return { ...selection, problems: [...ignore.problems, ...selection.problems] };
    const oids = round < WHOLE_ROUND || all === null ? selection.unreadLinks : all.linkOids();
    assertFileCount(oids.length, limits);
    if (!(await readLinkTexts(read, oids, linkTexts))) return null;
  }
}

const WHOLE_ROUND = 3;

function separateTooLarge(
  files: readonly SelectedFile[],
  sizes: ReadonlyMap<string, number>,
  { maxFileBytes, maxTotalBytes }: GitLimits,
): { readable: SelectedFile[]; problems: TreeProblem[] } {
  const isTooLarge = (file: SelectedFile): boolean => (sizes.get(file.oid) ?? 0) > maxFileBytes;
  const readable = files.filter((file) => !isTooLarge(file));
  const total = readable.reduce((sum, file) => sum + (sizes.get(file.oid) ?? 0), 0);
  if (total > maxTotalBytes) {
    throw treeTooLarge(`the manifests have ${describeBytes(total)}, and ${describeBytes(maxTotalBytes)} are allowed`);
  }
  const problems = files.filter(isTooLarge).map(
    (file): TreeProblem => ({
      file: file.path,
      code: 'GIT_FILE_TOO_LARGE',
      message: `the file has ${describeBytes(sizes.get(file.oid) ?? 0)}, and ${describeBytes(maxFileBytes)} are allowed`,
      hint: 'split the file, or move it out of the path',
    }),
  );
  return { readable, problems };
}

async function readFiles(read: OpenTreeRead, files: readonly SelectedFile[]): Promise<TreeFile[]> {
  const oids = [...new Set(files.map((file) => file.oid))];
  const blobs = await read.store.readBlobs(oids, read.limits.maxFileBytes);
  return files.flatMap(({ path, oid }) => {
    const bytes = blobs.get(oid);
    return bytes === undefined ? [] : [{ path, bytes }];
  });
}

function assertFileCount(count: number, { maxFiles }: GitLimits): void {
  if (count > maxFiles) throw treeTooLarge(`${count} manifest files, and ${maxFiles} are allowed`);
}
