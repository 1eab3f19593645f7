/** @module Files of a test as the tree of a revision. */
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';

/** The tree that holds `files` and nothing else. */
export function loadTree(files: Readonly<Record<string, string>>): FileTree {
  const paths = Object.keys(files).sort();
  return {
    commit: '',
    files: paths.map((path) => ({ path, bytes: encodeUtf8(files[path] ?? '') })),
    problems: [],
    skipped: [],
  };
}
