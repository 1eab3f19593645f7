/** @module How old the answer of a remote may be that one look at a GitSync goes by: many GitSyncs of one reference ask it once, and none misses what it was asked for. */
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { RECONCILE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf } from '../../shared/resources/object-meta.ts';
import { intervalOf } from './look-settings.ts';
import type { SyncState } from './sync-state.ts';

/** One look. */
export interface AnswerAgeInput {
  readonly gitSync: GitSync;
  readonly state: { readonly enforced: Pick<NonNullable<SyncState['enforced']>, 'generation'> | null };
  /** Since when it is known what the GitSync asks for, on the clock of `nowMs`. */
  readonly askedAtMs: number;
  readonly nowMs: number;
}

/** Share of the interval for which the answer of a remote serves others; a GitSync that is alone looks no earlier than after more than that. */
const SHARED_FOR = 0.8;

/**
 * When the question has to have been sent of which the answer counts, on the clock of the input. After a request, a change of the GitSync or a start: not before
 * that was known. Else so late that of many GitSyncs only one asks in an interval; all of them hear of a change at once.
 */
export function answersCountFromMs({ gitSync, state, askedAtMs, nowMs }: AnswerAgeInput): number {
  const { metadata, status = {} } = gitSync;
  // The commit of the last answer may be gone.
  const isLost = status.conditions?.some(({ type, reason }) => type === 'Ready' && reason === 'RefNotFound') === true;
  if (isLost) return nowMs;
  const requested = annotationOf(metadata, RECONCILE_REQUESTED_ANNOTATION);
  const isRequested = requested !== undefined && requested !== status.lastHandledReconcileAt;
  const isNew = isRequested || state.enforced?.generation !== (metadata.generation ?? 0);
  const polledAtMs = nowMs - (intervalOf(gitSync) ?? 0) * SHARED_FOR;
  return isNew ? Math.max(askedAtMs, polledAtMs) : polledAtMs;
}
