/** @module The manifests of folders that others are about to read of the same commit: one fetch brings the files of many GitSyncs. */
import { isManifestName } from '../sync-plan/manifest-path.ts';
import { GitError } from './errors.ts';
import { normalizeRepositoryPath } from './repository-path.ts';
import type { OpenTreeRead } from './tree-read.ts';

/** Of all folders together; what is beyond that is fetched when it is read. */
const MAX_FILES = 5_000;
const MAX_ENTRIES = 50_000;
/** Paths are arguments of a program. */
const MAX_PATH_CHARACTERS = 64 * 1024;

/** Ids of manifests below the folders that `read` names beside its own, as far as they can be told without a fetch. Folders that cannot be read are passed over. */
export async function listAlongside(read: OpenTreeRead): Promise<readonly string[]> {
  const folders = foldersOf(read);
  if (folders.length === 0) return [];
  try {
    const entries = await read.store.listBelow(read.commit, folders, MAX_ENTRIES);
    const files = entries.filter(
      ({ kind, path, isNameValid }) => kind === 'file' && isNameValid && isManifestName(path),
    );
    return [...new Set(files.map(({ oid }) => oid))].slice(0, MAX_FILES);
  } catch (error) {
    // Too many files: each reader brings its own.
    if (error instanceof GitError && error.code === 'GIT_TREE_TOO_LARGE') return [];
    throw error;
  }
}

/** Normalised, each once, and without the folder that is read itself. */
function foldersOf({ folder, alongside }: OpenTreeRead): readonly string[] {
  const folders = new Set(alongside.paths().flatMap((path) => normalize(path) ?? []));
  folders.delete(folder);
  let length = 0;
  return [...folders].filter((path) => {
    length += path.length + 1;
    return length <= MAX_PATH_CHARACTERS;
  });
}

/** Whoever reads a path that is none is told of it then. */
function normalize(path: string): string | null {
  try {
    return normalizeRepositoryPath(path);
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
