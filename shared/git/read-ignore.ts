/** @module Collects the ignore rules that hold for a path of a commit: of its folders, of those above it, and of the GitSync. */
import { decodeUtf8 } from '../encoding/bytes.ts';
import type { TreeProblem } from '../sync-plan/file-tree.ts';
import {
  IGNORE_FIELD,
  IGNORE_FILE,
  type IgnoreList,
  IgnoreRules,
  MAX_IGNORE_BYTES,
  parseIgnoreField,
  parseIgnoreFile,
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
  const files = found.filter((entry) => entry.kind === 'file' && entry.isNameValid);
  const sizes = await fetchBlobs(
    read,
    files.map(({ oid }) => oid),
  );
  if (sizes === null) return null;
  const small = files.filter(({ oid }) => (sizes.get(oid) ?? 0) <= MAX_IGNORE_BYTES);
  const oids = [...new Set(small.map(({ oid }) => oid))];
  const blobs = await read.store.readBlobs(oids, MAX_IGNORE_BYTES);
  const lists: IgnoreList[] = [];
  const problems: TreeProblem[] = [];
  for (const { path, oid, kind } of found) {
    const bytes = kind === 'file' ? blobs.get(oid) : undefined;
    const text = bytes === undefined ? null : decodeUtf8(bytes);
    const list = text === null ? null : parseIgnoreFile(path, text);
    if (list === null) problems.push(unusableIgnore(path));
    else lists.push(list);
  }
  const field = parseIgnoreField(read.ignore);
  if (field === null) problems.push(unusableIgnore(IGNORE_FIELD));
  return { rules: new IgnoreRules(lists, field), problems };
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
