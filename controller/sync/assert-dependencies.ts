/** @module Holds back a new revision while the GitSyncs that it depends on are not in place. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import {
  type DependencyProblem,
  type FindGitSync,
  findDependencyFault,
  findUnready,
} from '../../shared/sync-plan/dependencies.ts';
import { RefusedError } from '../git-syncs/sync-refusal.ts';
import type { SyncState } from './sync-state.ts';

/** What is held back. */
export interface DependencyCheck {
  readonly gitSync: GitSync;
  readonly state: Pick<SyncState, 'enforced' | 'isHeldByOthers'>;
  readonly findGitSync: FindGitSync;
  /** Of the revision that Git names now. */
  readonly commit: string;
}

/**
 * What is in place already goes on being kept there, whatever becomes of the others; a cycle is always refused.
 * @throws RefusedError `SpecInvalid`, `DependencyCycle`, `DependencyNotFound` or `DependencyNotReady`
 */
export function assertDependencies({ gitSync, state, findGitSync, commit }: DependencyCheck): void {
  state.isHeldByOthers = false;
  const fault = findDependencyFault(gitSync, findGitSync);
  const problem = fault ?? (isTakenOn(gitSync, state, commit) ? null : findUnready(gitSync, findGitSync));
  if (problem === null) return;
  // Set in the same turn in which the others were looked at, so that no change of theirs is missed.
  state.isHeldByOthers = true;
  const { reason, message } = problem;
  throw new RefusedError({ reason, message, outlook: outlookOf(problem), failures: [] });
}

function outlookOf({ reason }: DependencyProblem): 'spec' | 'poll' | 'wait' {
  if (reason === 'SpecInvalid') return 'spec';
  return reason === 'DependencyNotReady' ? 'wait' : 'poll';
}

/** A restart forgets what was taken on, and the status does not. */
function isTakenOn({ metadata, status }: GitSync, { enforced }: Pick<SyncState, 'enforced'>, commit: string): boolean {
  const { generation = 0 } = metadata;
  if (enforced !== null) return enforced.commit === commit && enforced.generation === generation;
  return status?.observedGeneration === generation && status.lastAppliedRevision?.endsWith(`:${commit}`) === true;
}
