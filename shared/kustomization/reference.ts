/** @module What one entry of a kustomization file leads to, inside of the repository or nowhere. */
import type { KustomizationProblem } from './kustomization-tree.ts';

/** What an entry may lead to. `config`: a file with the settings of built-in generators or transformers. */
export type ReferenceTarget = 'file' | 'folder' | 'either' | 'config';

/** An entry that names something. */
export interface KustomizationReference {
  /** Path from the root of the repository, normalised; empty for the root. */
  readonly path: string;
  readonly target: ReferenceTarget;
  /** Where the entry stands. */
  readonly file: string;
  readonly line?: number;
  /** For messages: `resources "../base"`. */
  readonly entry: string;
}

/** A place in a kustomization file. */
export interface EntryPlace {
  /** The file, from the root of the repository. */
  readonly file: string;
  readonly line?: number;
  /** The field, such as `resources`. */
  readonly field: string;
}

const MAX_PATH = 1_000;
/** An address, a scp-like place or a query: no file of this repository is written so. */
const REMOTE = /:|\?|^github\.com(?:[/:]|$)|\/_git\/|\.git(?:\/|$)/i;

/** The reference that `text` is, relative to the folder of its file; or why it is none. */
export function toReference(
  text: string,
  target: ReferenceTarget,
  place: EntryPlace,
): KustomizationReference | KustomizationProblem {
  const { file, field } = place;
  const at = { file, ...(place.line !== undefined && { line: place.line }) };
  if (text === '' || text.length > MAX_PATH || /\p{Cc}|\\/u.test(text))
    return { ...at, message: `an entry of ${field} is no path of a file or folder` };
  const entry = `${field} ${JSON.stringify(text)}`;
  if (REMOTE.test(text)) {
    const hint = 'copy what it names into the repository: nothing is fetched while files are rendered';
    return { ...at, message: `${entry} is remote or looks so, and is refused`, hint };
  }
  if (text.startsWith('/')) return { ...at, message: `${entry} is an absolute path` };
  const folder = folderOf(file);
  const path = joinPath(folder, text);
  if (path === null) return { ...at, message: `${entry} leads out of the repository` };
  if (target !== 'folder' && target !== 'either' && !isBelow(path, folder)) return outside(at, entry);
  return { path, target, entry, ...at };
}

/** The problem of a file that lies beside or above the folder of its kustomization, which kustomize refuses as well. */
export function outside(at: Pick<KustomizationProblem, 'file' | 'line'>, entry: string): KustomizationProblem {
  return {
    ...at,
    message: `${entry} is a file outside of the folder of its kustomization`,
    hint: 'move it into that folder, or into a base of its own with a kustomization file',
  };
}

/** Whether an entry is content and no path: kustomize tries it as a path first, and no file of the copy is called so. */
export function isInline(text: string): boolean {
  return text.includes('\n') || text.trimStart().startsWith('{');
}

/** The folder of `path`; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Whether `path` lies below `folder`. */
export function isBelow(path: string, folder: string): boolean {
  return folder === '' || path.startsWith(`${folder}/`);
}

/** `relative` as seen from `folder`; null when it leads above the root. */
export function joinPath(folder: string, relative: string): string | null {
  const segments = folder === '' ? [] : folder.split('/');
  for (const segment of relative.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.pop() === undefined) return null;
  }
  return segments.join('/');
}
