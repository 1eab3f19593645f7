/** @module Whether the GitSyncs that one depends on let it go on, as a function of what all of them say now. */
import { listSome } from '../encoding/list-some.ts';
import { conditionOf } from '../resources/conditions.ts';
import type { GitSync } from '../resources/git-sync.ts';

/** `reason` as a condition has it; `message` is one sentence that names the GitSyncs. */
export interface DependencyProblem {
  readonly reason: 'SpecInvalid' | 'DependencyCycle' | 'DependencyNotFound' | 'DependencyNotReady';
  readonly message: string;
}

/** Finds a GitSync of a namespace. */
export type FindGitSync = (place: { readonly namespace: string; readonly name: string }) => GitSync | undefined;

/** Longest path that is followed, and most names that a message lists. */
const MAX_GITSYNCS = 1_000;
const MAX_NAMED = 10;

/** What is wrong with `spec.dependsOn` itself, whatever state the others are in: another namespace, itself, a cycle. */
export function findDependencyFault(gitSync: GitSync, find: FindGitSync): DependencyProblem | null {
  const { namespace = '' } = gitSync.metadata;
  const foreign = entriesOf(gitSync).find((entry) => entry.namespace !== undefined && entry.namespace !== namespace);
  if (foreign !== undefined) {
    const place = `${foreign.namespace}/${foreign.name}`;
    const message = `spec.dependsOn names ${place}; only GitSyncs of the same namespace, ${namespace}, can be depended on`;
    return { reason: 'SpecInvalid', message };
  }
  const cycle = findCycle(gitSync, find);
  if (cycle === null) return null;
  const path = cycle.length > MAX_NAMED ? [...cycle.slice(0, MAX_NAMED), '…', ...cycle.slice(-1)] : cycle;
  return { reason: 'DependencyCycle', message: `spec.dependsOn leads back to where it starts: ${path.join(' → ')}` };
}

/** Which dependency is missing or not in place yet, or null when all are Ready for their present specification. */
export function findUnready(gitSync: GitSync, find: FindGitSync): DependencyProblem | null {
  const { namespace = '' } = gitSync.metadata;
  const names = dependenciesOf(gitSync);
  const missing = names.filter((name) => find({ namespace, name }) === undefined);
  if (missing.length > 0) {
    return {
      reason: 'DependencyNotFound',
      message: `depends on GitSyncs that do not exist: ${listSome(missing, MAX_NAMED)}`,
    };
  }
  const waiting = names.filter((name) => !isReady(find({ namespace, name })));
  if (waiting.length === 0) return null;
  return {
    reason: 'DependencyNotReady',
    message: `waits until these GitSyncs are Ready: ${listSome(waiting, MAX_NAMED)}`,
  };
}

/** The names in `spec.dependsOn`, each once. */
export function dependenciesOf(gitSync: GitSync): readonly string[] {
  return [...new Set(entriesOf(gitSync).map(({ name }) => name))];
}

/** What dependents wait for, as a text that changes with it. */
export function readinessMark(gitSync: GitSync): string {
  const { metadata, status } = gitSync;
  const ready = conditionOf(gitSync, 'Ready');
  return JSON.stringify([metadata.uid, metadata.generation, status?.observedGeneration, ready?.status, ready?.reason]);
}

function isReady(gitSync: GitSync | undefined): boolean {
  if (gitSync === undefined || gitSync.metadata.deletionTimestamp !== undefined) return false;
  const ready = conditionOf(gitSync, 'Ready');
  return ready?.status === 'True' && gitSync.status?.observedGeneration === gitSync.metadata.generation;
}

/** The names from `start` back to itself, or null. One that only leads to the cycle of others waits for these. */
function findCycle(start: GitSync, find: FindGitSync): readonly string[] | null {
  const { namespace = '', name: first = '' } = start.metadata;
  const cameFrom = new Map<string, string>();
  const queue = [first];
  for (const name of queue) {
    const gitSync = name === first ? start : find({ namespace, name });
    const names = gitSync === undefined ? [] : dependenciesOf(gitSync);
    if (names.includes(first)) return pathBack(first, name, cameFrom);
    const added = names.filter((next) => !cameFrom.has(next)).slice(0, MAX_GITSYNCS - cameFrom.size);
    for (const next of added) cameFrom.set(next, name);
    queue.push(...added);
  }
  return null;
}

function pathBack(first: string, last: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const path = [first];
  for (let name = last; name !== first; name = cameFrom.get(name) ?? first) path.unshift(name);
  return [first, ...path];
}

function entriesOf({ spec }: GitSync): NonNullable<GitSync['spec']['dependsOn']> {
  return Array.isArray(spec.dependsOn) ? spec.dependsOn : [];
}
