/**
 * @module Tells whether a folder holds the same in two commits, by the ids that git has for folders: many GitSyncs of one repository ask that of each
 * new commit, and all of them are answered by one listing.
 */
import { IGNORE_FILE } from '../sync-plan/ignore-rules.ts';
import type { ObjectStore } from './object-store.ts';

/** Gives out the objects of a mirror that has the commit that is asked about. @throws GitError */
export type WithCommit = <T>(commit: string, work: (store: ObjectStore) => Promise<T>) => Promise<T>;

/** A normalised path, and how it is read. */
export interface FolderQuestion {
  readonly folder: string;
  readonly withCommit: WithCommit;
}

interface CommitFolders {
  /** Ids by path; of the root as well. */
  readonly folders: Promise<ReadonlyMap<string, string>>;
  /** The ignore files above a folder, as one text, by their paths. */
  readonly ignores: Map<string, Promise<string>>;
}

/** A commit and the one before it. */
const MAX_COMMITS = 2;
/** Beyond that a listing costs more than it saves. */
const MAX_FOLDERS = 50_000;

/** What is known of the folders of one repository. */
export class FolderIds {
  readonly #commits = new Map<string, CommitFolders>();

  /**
   * Whether the folder holds the same files in both commits and the same ignore files hold for it; false also where there is no such
   * folder, as behind a link. @throws GitError
   */
  async isSame(before: string, after: string, question: FolderQuestion): Promise<boolean> {
    const earlier = await this.#identify(before, question);
    return earlier !== null && earlier === (await this.#identify(after, question));
  }

  async #identify(commit: string, question: FolderQuestion): Promise<string | null> {
    const known = this.#open(commit, question);
    const tree = (await known.folders).get(question.folder);
    return tree === undefined ? null : `${tree} ${await this.#findIgnores(commit, known, question)}`;
  }

  #open(commit: string, { withCommit }: FolderQuestion): CommitFolders {
    const known = this.#commits.get(commit) ?? this.#list(commit, withCommit);
    this.#commits.delete(commit);
    this.#commits.set(commit, known);
    const [oldest] = this.#commits.keys();
    if (this.#commits.size > MAX_COMMITS && oldest !== undefined) this.#commits.delete(oldest);
    return known;
  }

  #list(commit: string, withCommit: WithCommit): CommitFolders {
    const folders = withCommit(commit, (store) => store.listFolders(commit, MAX_FOLDERS));
    // A failure is no answer to the next question.
    folders.catch(() => this.#commits.delete(commit));
    return { folders, ignores: new Map() };
  }

  #findIgnores(
    commit: string,
    { ignores }: CommitFolders,
    { folder, withCommit }: FolderQuestion,
  ): Promise<string> | string {
    const paths = ignorePathsAbove(folder);
    const key = paths.join('\0');
    const known = paths.length === 0 ? '' : ignores.get(key);
    if (known !== undefined) return known;
    const found = withCommit(commit, async (store) => {
      const entries = await store.listPaths(commit, paths);
      return JSON.stringify(entries.map(({ path, kind, oid }) => [path, kind, oid]));
    });
    ignores.set(key, found);
    found.catch(() => ignores.delete(key));
    return found;
  }
}

/** The ignore files that may lie in the folders above `folder`, from the root on. */
export function ignorePathsAbove(folder: string): readonly string[] {
  if (folder === '') return [];
  const segments = folder.split('/');
  return segments.map((_, index) => [...segments.slice(0, index), IGNORE_FILE].join('/'));
}
