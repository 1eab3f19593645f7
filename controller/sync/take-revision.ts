/** @module Finds out what Git wants now, and takes it on or refuses it. Nothing is written to the cluster here. */
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { CommitDescription } from '../../shared/git/read-commit.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { OpenRendering } from '../../shared/sync/revision-renderer.ts';
import type { SealedPreflight } from '../../shared/sync/sealed-preflight.ts';
import type { FindGitSync } from '../../shared/sync-plan/dependencies.ts';
import type { DigestObject } from '../../shared/sync-plan/digest.ts';
import { checkGuard } from '../../shared/sync-plan/guard.ts';
import { RefusedError, type SyncRefusal, toRefusal, withHint } from '../git-syncs/sync-refusal.ts';
import { answersCountFromMs } from './answer-age.ts';
import { assertDependencies } from './assert-dependencies.ts';
import { assertUnsealable } from './assert-unsealable.ts';
import { assertNotRewritten } from './check-history.ts';
import { assertSettings } from './look-settings.ts';
import { choosePinned, type PinChoice } from './pinned-revision.ts';
import { placeRevision, prepareRevision } from './prepare-revision.ts';
import type { OpenSource, SourceReader } from './source-reader.ts';
import type { EnforcedRevision, RefusedRevision, SyncState } from './sync-state.ts';

/** What taking a revision on takes. */
export interface TakeRevisionOptions {
  readonly sources: SourceReader;
  readonly loadDigest: () => Promise<DigestObject>;
  readonly gitSync: GitSync;
  readonly state: SyncState;
  readonly findGitSync: FindGitSync;
  /** Reads what the GitSync puts into its files. @throws CodedError */
  readonly openRendering: () => Promise<OpenRendering>;
  /** Refuses a revision for what it would delete. @throws RefusedError */
  readonly guardDeletions: (candidate: EnforcedRevision) => Promise<void>;
  /** Tells whether SealedSecrets open; null where nobody asks. */
  readonly preflight: SealedPreflight | null;
  /** Milliseconds on a clock that never goes back. */
  readonly nowMs: () => number;
  /** Since when it is known what the GitSync asks for, on the same clock. */
  readonly askedAtMs: number;
  readonly signal: AbortSignal;
}

/** What the reference names, as far as it could be asked, and why that is not taken on; null when it is in force. */
export interface TakenRevision {
  readonly revision: string | null;
  readonly refusal: SyncRefusal | null;
  /** What became of the pin, as far as the source could be asked. */
  readonly pin: PinChoice['pin'];
  /** Reads what the commit of `revision` says of itself; null where there is none. @throws GitError */
  readonly describeCommit: (() => Promise<CommitDescription>) | null;
}

/** Fetch, render, guard. A revision that is refused leaves the one before in force, after a restart as well. */
export async function takeRevision(options: TakeRevisionOptions): Promise<TakenRevision> {
  const { state, gitSync, signal } = options;
  let source: OpenSource | null = null;
  let revision: ResolvedRevision | null = null;
  // Taken first: keys that come while it is worked on have it tried again.
  const keys = options.preflight?.version() ?? '';
  let rendering: OpenRendering | null = null;
  let pin: PinChoice['pin'] = gitSync.spec.pin === undefined ? 'none' : 'held';
  try {
    assertSettings(gitSync);
    source = await options.sources.open(gitSync, signal);
    ({ revision, pin } = await choosePinned(
      source,
      gitSync,
      await source.resolve(answersCountFromMs({ ...options, nowMs: options.nowMs() })),
    ));
    if (pin !== 'held' && state.enforced?.commit !== revision.commit)
      await assertNotRewritten(gitSync, source, revision);
    assertDependencies({ ...options, commit: revision.commit });
    await source.assertSigned(revision);
    rendering = await options.openRendering();
    state.enforced = await findCandidate({ ...options, rendering }, source, revision);
    state.refused = null;
    return { revision: revision.revision, refusal: null, pin, describeCommit: describer(source, revision) };
  } catch (error) {
    signal.throwIfAborted();
    const refusal = toRefusal(error);
    if (revision !== null) rememberRefusal(options, { commit: revision.commit, refusal, keys, rendering });
    const isRefusedSelf = refusal.reason === 'CannotUnseal' && revision?.commit === appliedCommit(gitSync);
    if (source !== null && !isRefusedSelf) await restore(options, source);
    return { revision: revision?.revision ?? null, refusal, pin, describeCommit: describer(source, revision) };
  }
}

/** What is wrong with the commit itself stays so, and that its SealedSecrets do not open while the keys are the same. */
function rememberRefusal(
  { state, gitSync }: TakeRevisionOptions,
  {
    keys,
    rendering,
    ...what
  }: Pick<RefusedRevision, 'commit' | 'refusal'> & {
    readonly keys: string;
    readonly rendering: OpenRendering | null;
  },
): void {
  const refused = { ...what, generation: generationOf(gitSync), stamp: rendering?.stamp ?? '' };
  const { refusal } = what;
  if (refusal.reason === 'RenderFailed') state.refused = refused;
  if (refusal.reason === 'CannotUnseal') state.refused = { ...refused, keys };
}

function describer(source: OpenSource | null, revision: ResolvedRevision | null): TakenRevision['describeCommit'] {
  return source === null || revision === null ? null : () => source.readCommit(revision.commit);
}

/** What is in force already, where it is the same commit for the same specification; else what the commit holds. */
async function findCandidate(
  options: TakeRevisionOptions & { readonly rendering: OpenRendering },
  source: OpenSource,
  revision: ResolvedRevision,
): Promise<EnforcedRevision> {
  const { state, gitSync, rendering, signal } = options;
  const isAsked = (known: Pick<RefusedRevision, 'generation' | 'stamp'>): boolean =>
    known.generation === generationOf(gitSync) && (known.stamp ?? '') === rendering.stamp;
  const isSame = (known: Pick<RefusedRevision, 'commit' | 'generation' | 'stamp'> | null): boolean =>
    known?.commit === revision.commit && isAsked(known);
  const { refused } = state;
  const areKeysSame = refused?.keys === undefined || refused.keys === options.preflight?.version();
  if (refused && isSame(refused) && areKeysSame) throw new RefusedError(refused.refusal);
  const { enforced } = state;
  if (enforced && isAsked(enforced) && (await holdsSame(enforced, source, revision)))
    return { ...enforced, ...revision };
  const prepare = { kinds: state.kinds, digest: await options.loadDigest(), gitSync, revision, rendering, signal };
  const candidate =
    enforced && isSame(enforced)
      ? await placeRevision(prepare, enforced)
      : await prepareRevision(prepare, await source.readTree(revision.commit));
  assertGuard(options, candidate);
  if (options.preflight !== null && !wasInPlace(options, revision))
    await assertUnsealable(options.preflight, candidate.wanted.values(), options.signal);
  await options.guardDeletions(candidate);
  return candidate;
}

/** Whether `revision` is known to want what is in force: of many GitSyncs of one repository, a commit concerns a few. */
async function holdsSame(
  { commit, unplaced, isOfFolderAlone }: EnforcedRevision,
  source: OpenSource,
  revision: ResolvedRevision,
): Promise<boolean> {
  if (unplaced.length > 0) return false;
  return commit === revision.commit || (isOfFolderAlone === true && source.isSameFolder(commit, revision.commit));
}

/** After a restart, what was in place before it is not tried again: it is what is kept in force anyway. */
function wasInPlace({ state, gitSync }: TakeRevisionOptions, { commit }: ResolvedRevision): boolean {
  const { observedGeneration, conditions = [] } = gitSync.status ?? {};
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  const isKnown = observedGeneration === generationOf(gitSync) && appliedCommit(gitSync) === commit;
  return state.enforced === null && isReady && isKnown;
}

/** The commit that was brought into place last, as the status says. */
function appliedCommit({ status }: GitSync): string | undefined {
  return /:([0-9a-f]{40,64})$/.exec(status?.lastAppliedRevision ?? '')?.[1];
}

function assertGuard({ state, gitSync }: TakeRevisionOptions, candidate: EnforcedRevision): void {
  const wanted = candidate.wanted.size + candidate.unplaced.length;
  const refusal = checkGuard({ wanted, owned: state.book.entries, spec: gitSync.spec });
  if (refusal === null) return;
  const message = withHint(refusal.message, refusal.hint);
  throw new RefusedError({ reason: refusal.reason, outlook: 'poll', message, failures: [] });
}

/** After a restart, the revision that was applied last is in force again, as far as the mirror still has it. */
async function restore(options: TakeRevisionOptions, source: OpenSource): Promise<void> {
  const { state, gitSync } = options;
  const revision = gitSync.status?.lastAppliedRevision;
  const commit = appliedCommit(gitSync);
  if (state.enforced !== null || revision === undefined || commit === undefined) return;
  try {
    const prepare = {
      kinds: state.kinds,
      digest: await options.loadDigest(),
      gitSync,
      revision: { commit, revision },
      rendering: await options.openRendering(),
      signal: options.signal,
    };
    // What the status names was verified once, but who can write a status could name another commit.
    await source.assertSigned({ commit });
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
