/** @module Why an object is not kept as Git has it, although a GitSync owns it. */
import { conditionOf } from '../../shared/resources/conditions.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { PRUNE_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, type KubeObject, type ObjectIdentity } from '../../shared/resources/object-meta.ts';
import { isReconcileDisabled } from '../../shared/sync-plan/object-rules.ts';
import type { PlaceInGit } from './explain-object.ts';

/** What is known of the object. */
export interface OwnedObject {
  readonly gitSync: GitSync;
  readonly identity: ObjectIdentity;
  readonly live: KubeObject | null;
  readonly place: PlaceInGit;
}

/** Every reason, in lower case; none when it is kept. */
export function listNotSynced(object: OwnedObject): readonly string[] {
  return [...ofGitSync(object.gitSync), ...ofPlace(object), ...ofDrift(object), ...ofFailures(object)];
}

function ofGitSync(gitSync: GitSync): readonly string[] {
  const { metadata, spec, status } = gitSync;
  const reasons: string[] = [];
  if (metadata.deletionTimestamp !== undefined) reasons.push('the GitSync is being deleted');
  if (spec.suspend === true) reasons.push('the GitSync is paused');
  if (spec.pin !== undefined)
    reasons.push(`the GitSync is pinned to ${spec.pin.commit.slice(0, 12)}: newer commits are not applied`);
  const ready = conditionOf(gitSync, 'Ready');
  const isBehind = status?.lastAttemptedRevision !== status?.lastAppliedRevision;
  if (ready?.status === 'False' && isBehind) {
    reasons.push(`revision ${status?.lastAttemptedRevision ?? ''} is not in place: ${ready.reason}: ${ready.message}`);
  }
  return reasons;
}

function ofPlace({ gitSync, live, place }: OwnedObject): readonly string[] {
  if (place.kind === 'unknown') return [`its place in Git cannot be read: ${place.why}`];
  if (place.kind === 'found') {
    const { kind, reason = 'it cannot be applied' } = place.state;
    return kind === 'failed' || kind === 'conflict' ? [reason] : [];
  }
  const keep = live === null ? undefined : annotationOf(live.metadata, PRUNE_ANNOTATION);
  if (keep === 'disabled') return [`it left Git, and annotation ${PRUNE_ANNOTATION}: disabled keeps it`];
  if (gitSync.spec.prune !== true) return ['it left Git, and the GitSync does not prune'];
  return ['it left Git, and waits to be pruned'];
}

function ofDrift({ gitSync, identity, live }: OwnedObject): readonly string[] {
  if (live !== null && isReconcileDisabled(live.metadata)) return ['its annotation has it left alone'];
  const drifted = gitSync.status?.drifted ?? [];
  return drifted
    .filter(({ kind, namespace = '', name }) => {
      return kind === identity.kind && namespace === identity.namespace && name === identity.name;
    })
    .map(({ state, since, message }) => {
      const why = state === 'Reported' ? 'drift is reported and not repaired' : 'another writer changes it, too';
      return `${why}: since ${since} it ${message}`;
    });
}

function ofFailures({ gitSync, identity }: OwnedObject): readonly string[] {
  const failures = gitSync.status?.failures ?? [];
  return failures
    .filter(({ kind, namespace = '', name }) => {
      return kind === identity.kind && namespace === identity.namespace && name === identity.name;
    })
    .map(({ message }) => `the last sync of it failed: it ${message}`);
}
