/** @module Finds out what Git wants now, and takes it on or refuses it. Nothing is written to the cluster here. */
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import { parseDuration } from '../../shared/resources/duration.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { DigestObject } from '../../shared/sync-plan/digest.ts';
import { checkGuard } from '../../shared/sync-plan/guard.ts';
import { placeRevision, prepareRevision } from './prepare-revision.ts';
import type { OpenSource, SourceReader } from './source-reader.ts';
import { RefusedError, type SyncRefusal, toRefusal, withHint } from './sync-refusal.ts';
import type { EnforcedRevision, SyncState } from './sync-state.ts';

/** What taking a revision on takes. */
export interface TakeRevisionOptions {
  readonly sources: SourceReader;
  readonly loadDigest: () => Promise<DigestObject>;
  readonly gitSync: GitSync;
  readonly state: SyncState;
  readonly signal: AbortSignal;
}

/** What the reference names, as far as it could be asked, and why that is not taken on; null when it is in force. */
export interface TakenRevision {
  readonly revision: string | null;
  readonly refusal: SyncRefusal | null;
}

const DEFAULT_INTERVAL = '1m';
const MIN_INTERVAL_MS = 1_000;

/** Fetch, render, guard. A revision that is refused leaves the one before in force, after a restart as well. */
export async function takeRevision(options: TakeRevisionOptions): Promise<TakenRevision> {
  const { state, gitSync, signal } = options;
  let source: OpenSource | null = null;
  let revision: ResolvedRevision | null = null;
  try {
    assertInterval(gitSync);
    source = await options.sources.open(gitSync, signal);
    revision = await source.resolve();
    state.enforced = await findCandidate(options, source, revision);
    state.refused = null;
    return { revision: revision.revision, refusal: null };
  } catch (error) {
    signal.throwIfAborted();
    const refusal = toRefusal(error);
    if (revision !== null && refusal.reason === 'RenderFailed') {
      state.refused = { commit: revision.commit, generation: generationOf(gitSync), refusal };
    }
    if (source !== null) await restore(options, source);
    return { revision: revision?.revision ?? null, refusal };
  }
}

/** Milliseconds between two looks at the source; null for text that is no duration above zero. */
export function intervalOf({ spec }: GitSync): number | null {
  const interval = parseDuration(spec.interval ?? DEFAULT_INTERVAL);
  return interval === null ? null : Math.max(MIN_INTERVAL_MS, interval);
}

/** What is in force already, where it is the same commit for the same specification; else what the commit holds. */
async function findCandidate(
  options: TakeRevisionOptions,
  source: OpenSource,
  revision: ResolvedRevision,
): Promise<EnforcedRevision> {
  const { state, gitSync } = options;
  const isSame = (known: { readonly commit: string; readonly generation: number } | null): boolean =>
    known?.commit === revision.commit && known.generation === generationOf(gitSync);
  if (state.refused && isSame(state.refused)) throw new RefusedError(state.refused.refusal);
  const { enforced } = state;
  if (enforced && isSame(enforced) && enforced.unplaced.length === 0)
    return { ...enforced, revision: revision.revision };
  const prepare = { kinds: state.kinds, digest: await options.loadDigest(), gitSync, revision };
  const candidate =
    enforced && isSame(enforced)
      ? await placeRevision(prepare, enforced)
      : await prepareRevision(prepare, await source.readTree(revision.commit));
  assertGuard(options, candidate);
  return candidate;
}

function assertGuard({ state, gitSync }: TakeRevisionOptions, candidate: EnforcedRevision): void {
  const wanted = candidate.wanted.size + candidate.unplaced.length;
  const refusal = checkGuard({ wanted, owned: state.book.entries, spec: gitSync.spec });
  if (refusal === null) return;
  const message = withHint(refusal.message, refusal.hint);
  throw new RefusedError({ reason: refusal.reason, outlook: 'poll', message, failures: [] });
}

function assertInterval(gitSync: GitSync): void {
  if (intervalOf(gitSync) !== null) return;
  const message = `spec.interval ${JSON.stringify(gitSync.spec.interval)} is not usable; write a duration above zero, such as 30s or 1m30s`;
  throw new RefusedError({ reason: 'SpecInvalid', outlook: 'spec', message, failures: [] });
}

/** After a restart, the revision that was applied last is in force again, as far as the mirror still has it. */
async function restore(options: TakeRevisionOptions, source: OpenSource): Promise<void> {
  const { state, gitSync } = options;
  const revision = gitSync.status?.lastAppliedRevision;
  const commit = revision === undefined ? undefined : /:([0-9a-f]{40,64})$/.exec(revision)?.[1];
  if (state.enforced !== null || revision === undefined || commit === undefined) return;
  try {
    const prepare = {
      kinds: state.kinds,
      digest: await options.loadDigest(),
      gitSync,
      revision: { commit, revision },
    };
    const restored = await prepareRevision(prepare, await source.readTree(commit));
    assertGuard(options, restored);
    state.enforced = restored;
  } catch (error) {
    options.signal.throwIfAborted();
    // The refusal that led here is what the status reports; this throws on for bugs alone.
    toRefusal(error);
  }
}

function generationOf({ metadata }: GitSync): number {
  return metadata.generation ?? 0;
}
