/** @module Collects the ignore rules that hold for a path of a commit: of its folders, of those above it, and of the GitSync. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import type { TreeProblem } from '../sync-plan/file-tree.ts';
import {
  IGNORE_FIELD,
  IGNORE_FILE,
  type IgnoreList,
  IgnoreRules,
  MAX_ALL_IGNORE_BYTES,
  MAX_IGNORE_BYTES,
  MAX_IGNORE_FILES,
  parseIgnoreField,
  parseIgnoreFile,
  tooManyIgnores,
  unusableIgnore,
} from '../sync-plan/ignore-rules.ts';
import { isHiddenPath } from '../sync-plan/manifest-path.ts';
import { fetchBlobs } from './fetch-blobs.ts';
import { ignorePathsAbove } from './folder-ids.ts';
import type { TreeEntry } from './list-tree.ts';
import type { OpenTreeRead } from './tree-read.ts';

/** The rules, and what is wrong with the files that should hold some: a list that cannot be read is never taken for an empty one. */
export interface FoundIgnore {
  readonly rules: IgnoreRules;
  readonly problems: readonly TreeProblem[];
}

/** The rules for `entries`, which are everything below `folder`; null when the server does not give out a file by its id. @throws GitError */
export async function readIgnore(
  read: OpenTreeRead,
  folder: string,
  entries: readonly TreeEntry[],
): Promise<FoundIgnore | null> {
  const found = [...(await listAbove(read, folder)), ...entries.filter((entry) => isIgnoreFile(entry, folder))];
  const lists = found.length > MAX_IGNORE_FILES ? 'too-many' : await readLists(read, found);
  if (lists === null) return null;
  const { rules, problems } =
    lists === 'too-many' ? { rules: [], problems: [tooManyIgnores(found[0]?.path ?? '')] } : lists;
  const field = parseIgnoreField(read.ignore);
  const all = field === null ? [...problems, unusableIgnore(IGNORE_FIELD)] : problems;
  return { rules: new IgnoreRules(rules, field), problems: all };
}

interface ReadLists {
  readonly rules: readonly IgnoreList[];
  readonly problems: readonly TreeProblem[];
}

/** Null as above. */
async function readLists(read: OpenTreeRead, found: readonly TreeEntry[]): Promise<ReadLists | 'too-many' | null> {
  const files = found.filter((entry) => entry.kind === 'file' && entry.isNameValid);
  const sizes = await fetchBlobs(read, [...new Set(files.map(({ oid }) => oid))]);
  if (sizes === null) return null;
  const small = files.filter(({ oid }) => (sizes.get(oid) ?? 0) <= MAX_IGNORE_BYTES);
  if (small.reduce((sum, { oid }) => sum + (sizes.get(oid) ?? 0), 0) > MAX_ALL_IGNORE_BYTES) return 'too-many';
  const blobs = await read.store.readBlobs([...new Set(small.map(({ oid }) => oid))], MAX_IGNORE_BYTES);
  const rules: IgnoreList[] = [];
  const problems: TreeProblem[] = [];
  for (const { path, oid, kind } of found) {
    const bytes = kind === 'file' ? blobs.get(oid) : undefined;
    const text = bytes === undefined ? null : decodeUtf8(bytes);
    const list = text === null ? null : parseIgnoreFile(path, text);
    if (list === null) problems.push(unusableIgnore(path));
    else rules.push(list);
  }
  return { rules, problems };
}

/** The ignore files of the folders above `folder`, from the root on. */
async function listAbove({ store, commit }: OpenTreeRead, folder: string): Promise<TreeEntry[]> {
  return folder === '' ? [] : store.listPaths(commit, ignorePathsAbove(folder));
}

function isIgnoreFile({ path }: TreeEntry, folder: string): boolean {
  if (path !== IGNORE_FILE && !path.endsWith(`/${IGNORE_FILE}`)) return false;
  const above = path.slice(folder === '' ? 0 : folder.length + 1, -IGNORE_FILE.length);
  return !isHiddenPath(above);
}
