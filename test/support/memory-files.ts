/** @module The files of a repository in memory, for what walks through them. */
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import type { RepositoryFiles } from '../../shared/kustomization/walk-kustomizations.ts';

/** What a path is: a file with this text, or something that is none. */
export type MemoryFile = string | { readonly kind: 'link' | 'submodule' };

/** The repository that holds `files`, and the folders that these make. */
export function memoryFiles(files: Readonly<Record<string, MemoryFile>>): RepositoryFiles {
  const folders = new Set(
    Object.keys(files).flatMap((file) => file.split('/').map((_, index, all) => all.slice(0, index).join('/'))),
  );
  return {
    kindOf: (path) => {
      const file = files[path];
      if (file === undefined) return folders.has(path) ? 'folder' : 'missing';
      return typeof file === 'string' ? 'file' : file.kind;
    },
    read: async (paths) =>
      new Map(paths.map((path) => [path, encodeUtf8(typeof files[path] === 'string' ? files[path] : '')])),
  };
}
