/** @module Which commit a rollback goes to, by the history of the GitSync. */
import { commitOf, isCommitId } from '../../shared/git/git-reference.ts';
import type { GitSync, SyncHistoryEntry } from '../../shared/resources/git-sync.ts';
import { CliError, usageError } from '../terminal/errors.ts';

/** A commit to go back to, and what the history says of it. */
export interface RollbackTarget {
  /** Full id, lower case. */
  readonly commit: string;
  /** Absent for a commit that the history does not have. */
  readonly entry?: SyncHistoryEntry;
}

const HINT = '`signet sync history` shows the commits that there are';

/**
 * The commit that `word` means: a full id, the begin of one in the history, or `-1` for the last one that was in place before what is
 * there now, `-2` for the one before it.
 * @throws CliError `CLI_USAGE`, `CLI_OBJECT_NOT_FOUND`
 */
export function findRollbackTarget(gitSync: GitSync, word: string): RollbackTarget {
  const history = gitSync.status?.history ?? [];
  const steps = /^-([1-9]\d?)$/.exec(word)?.[1];
  if (steps !== undefined) return stepBack(history, Number(steps));
  const begin = word.toLowerCase();
  if (!/^[0-9a-f]{7,64}$/.test(begin)) {
    throw usageError(
      `cannot roll back to ${JSON.stringify(word)}: it is no commit`,
      'give 7 or more digits of one, or -1',
    );
  }
  const matches = history.filter((entry) => commitOf(entry.revision)?.startsWith(begin));
  const commits = new Set(matches.map(({ revision }) => commitOf(revision)));
  if (commits.size > 1) throw usageError(`cannot roll back to ${begin}: several commits begin like this`, HINT);
  const [commit] = commits;
  const entry = matches.find(isInPlace) ?? matches[0];
  if (commit && entry) return { commit, entry };
  if (isCommitId(begin)) return { commit: begin };
  throw new CliError('CLI_OBJECT_NOT_FOUND', `cannot roll back to ${begin}: the history has no such commit`, {
    hint: HINT,
  });
}

/** True for a sync at whose end everything was in place. */
export function isInPlace({ result }: SyncHistoryEntry): boolean {
  return result === 'Applied' || result === 'Pinned';
}

function stepBack(history: readonly SyncHistoryEntry[], steps: number): RollbackTarget {
  const seen = new Set<string>();
  for (const entry of beforeNow(history)) {
    const commit = commitOf(entry.revision);
    if (commit === null || seen.has(commit)) continue;
    seen.add(commit);
    if (seen.size === steps) return { commit, entry };
  }
  throw new CliError('CLI_OBJECT_NOT_FOUND', `cannot go back ${steps} in the history: it does not reach that far`, {
    hint: HINT,
  });
}

/** Those that were in place before what is there now. What a pin brought back stands where it first stood. */
function beforeNow(history: readonly SyncHistoryEntry[]): readonly SyncHistoryEntry[] {
  const [newest] = history;
  if (newest === undefined || !isInPlace(newest)) return history.filter(isInPlace);
  const commit = commitOf(newest.revision);
  const last = history.findLastIndex((entry) => commitOf(entry.revision) === commit);
  const from = newest.result === 'Pinned' ? last + 1 : 1;
  return history.slice(from).filter((entry) => isInPlace(entry) && commitOf(entry.revision) !== commit);
}
