/** @module Decides, by names and kinds alone, which files of a path are read, which stand in the way, and which are left out. */
import { compareText } from '../encoding/compare-text.ts';
import type { SkippedFile, TreeProblem } from '../sync-plan/file-tree.ts';
import { costlyIgnore, describeIgnore, type IgnoreRules } from '../sync-plan/ignore-rules.ts';
import { isHiddenPath, isManifestName } from '../sync-plan/manifest-path.ts';
import type { TreeEntry } from './list-tree.ts';
import type { Resolution, TreeIndex } from './tree-index.ts';

/** A manifest, and the object that holds its content. */
export interface SelectedFile {
  readonly path: string;
  readonly oid: string;
}

/** What is to be done with the entries of a path. */
export interface Selection {
  /** In ascending order of their paths. */
  readonly files: readonly SelectedFile[];
  readonly problems: readonly TreeProblem[];
  readonly skipped: readonly SkippedFile[];
  /** Object ids of links that have to be read before the selection is complete. */
  readonly unreadLinks: readonly string[];
}

/** What the selection is made from. */
export interface SelectionInput {
  /** Everything below the path. */
  readonly entries: readonly TreeEntry[];
  /** The path itself, normalised; empty for the root. */
  readonly folder: string;
  /** The whole tree; needed only when `entries` hold links. */
  readonly index: TreeIndex | null;
  readonly linkTexts: ReadonlyMap<string, string>;
  /** What is left out by patterns. */
  readonly rules: IgnoreRules;
}

type Verdict =
  | { readonly kind: 'ignore' }
  | { readonly kind: 'file'; readonly oid: string }
  | { readonly kind: 'unread'; readonly oid: string }
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'problem'; readonly problem: Omit<TreeProblem, 'file'> };

/** The selection for `input`. */
export function selectManifests(input: SelectionInput): Selection {
  try {
    return select(input);
  } catch (error) {
    const problem = costlyIgnore(error);
    if (problem === null) throw error;
    return { files: [], problems: [problem], skipped: [], unreadLinks: [] };
  }
}

function select(input: SelectionInput): Selection {
  const files: SelectedFile[] = [];
  const problems: TreeProblem[] = [];
  const skipped: SkippedFile[] = [];
  const unreadLinks = new Set<string>();
  for (const entry of input.entries) {
    const verdict = judge(entry, input);
    if (verdict.kind === 'file') files.push({ path: entry.path, oid: verdict.oid });
    else if (verdict.kind === 'problem') problems.push({ file: entry.path, ...verdict.problem });
    else if (verdict.kind === 'skip') skipped.push({ file: entry.path, reason: verdict.reason });
    else if (verdict.kind === 'unread') unreadLinks.add(verdict.oid);
  }
  files.sort((a, b) => compareText(a.path, b.path));
  return { files, problems, skipped, unreadLinks: [...unreadLinks] };
}

function judge(entry: TreeEntry, input: SelectionInput): Verdict {
  const isManifest = isManifestName(entry.path);
  if (entry.kind === 'folder' || (entry.kind === 'file' && !isManifest)) return { kind: 'ignore' };
  const reason = findReason(entry, input);
  if (reason !== null) return isManifest ? { kind: 'skip', reason } : { kind: 'ignore' };
  if (entry.kind === 'submodule') return SUBMODULE;
  if (entry.kind === 'symlink' && entry.isNameValid) return judgeLink(entry, isManifest, input);
  if (!isManifest) return { kind: 'ignore' };
  return entry.isNameValid ? { kind: 'file', oid: entry.oid } : BAD_NAME;
}

/** Why `entry` is left out by its name alone; null when it is not. */
function findReason({ path, kind }: TreeEntry, { folder, rules }: SelectionInput): string | null {
  const relative = folder === '' ? path : path.slice(folder.length + 1);
  if (isHiddenPath(relative)) return 'its name, or a folder above it, begins with a dot';
  const match = rules.find(path, kind === 'submodule' ? 'folder' : 'file');
  return match === null ? null : describeIgnore(match);
}

function judgeLink(entry: TreeEntry, isManifest: boolean, input: SelectionInput): Verdict {
  const target = input.index?.resolve(entry.path, input.linkTexts) ?? ({ kind: 'missing' } as Resolution);
  switch (target.kind) {
    case 'unread':
      return { kind: 'unread', oid: target.oid };
    case 'outside':
      return linkProblem('GIT_SYMLINK_OUTSIDE', 'the symbolic link leaves the repository');
    case 'loop':
      return linkProblem('GIT_SYMLINK_OUTSIDE', 'the symbolic link leads back to itself');
    case 'missing':
      return isManifest ? linkProblem('GIT_SYMLINK_BROKEN', 'the symbolic link leads to nothing') : { kind: 'ignore' };
    case 'root':
      return { kind: 'skip', reason: LINK_TO_FOLDER };
    case 'found':
      return judgeTarget(target.entry, isManifest);
  }
}

function judgeTarget(target: TreeEntry, isManifest: boolean): Verdict {
  if (target.kind === 'submodule') return SUBMODULE;
  if (target.kind === 'folder') {
    return isManifest
      ? linkProblem('GIT_SYMLINK_BROKEN', 'the symbolic link leads to a folder')
      : { kind: 'skip', reason: LINK_TO_FOLDER };
  }
  return isManifest ? { kind: 'file', oid: target.oid } : { kind: 'ignore' };
}

const LINK_TO_FOLDER = 'symbolic links to folders are not followed';

const SUBMODULE: Verdict = {
  kind: 'problem',
  problem: {
    code: 'GIT_SUBMODULE',
    message: 'submodules are not read',
    hint: 'sync the other repository with a GitSync of its own, or choose a path without the submodule',
  },
};

const BAD_NAME: Verdict = {
  kind: 'problem',
  problem: {
    code: 'GIT_FILE_NAME_REFUSED',
    message: 'the name of the file is not UTF-8, holds a control character or is too long',
    hint: 'rename the file',
  },
};

function linkProblem(code: 'GIT_SYMLINK_OUTSIDE' | 'GIT_SYMLINK_BROKEN', message: string): Verdict {
  return { kind: 'problem', problem: { code, message, hint: 'commit the file itself in place of the link' } };
}
