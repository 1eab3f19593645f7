/** @module The files of a commit become the exact objects to enforce: render, place, digest. A commit with anything wrong in it is refused whole. */
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { OpenRendering } from '../../shared/sync/revision-renderer.ts';
import type { ServedKinds } from '../../shared/sync/served-kinds.ts';
import { findWanted } from '../../shared/sync/wanted-objects.ts';
import type { DigestObject } from '../../shared/sync-plan/digest.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import { problemFailure } from '../../shared/sync-plan/sync-failure.ts';
import { renderRefusal } from '../git-syncs/sync-refusal.ts';
import type { EnforcedRevision } from './sync-state.ts';

/** What preparing takes. */
export interface PrepareOptions {
  readonly kinds: ServedKinds;
  readonly digest: DigestObject;
  readonly gitSync: GitSync;
  readonly revision: ResolvedRevision;
  readonly rendering: OpenRendering;
  readonly signal: AbortSignal;
}

/** The revision that `tree` holds. @throws RefusedError `RenderFailed`, with everything that is wrong in it; KustomizeError */
export async function prepareRevision(options: PrepareOptions, tree: FileTree): Promise<EnforcedRevision> {
  const { objects, problems, skipped } = await options.rendering.render(tree, options.signal);
  if (problems.length > 0) throw renderRefusal(problems.map(problemFailure));
  const prepared = await placeRevision(options, { rendered: objects, skipped });
  return tree.isOfFolderAlone ? { ...prepared, isOfFolderAlone: true } : prepared;
}

/** The revision of objects that are rendered already, as after a kind was not found. @throws RefusedError */
export async function placeRevision(
  options: PrepareOptions,
  { rendered, skipped }: Pick<EnforcedRevision, 'rendered' | 'skipped'>,
): Promise<EnforcedRevision> {
  const { kinds, digest, gitSync, revision, rendering } = options;
  const { wanted, unplaced, problems } = await findWanted({ kinds, digest }, gitSync, rendered);
  if (problems.length > 0) throw renderRefusal(problems.map(problemFailure));
  const { generation = 0 } = gitSync.metadata;
  const kept = unplaced.length === 0 ? [] : rendered;
  return { ...revision, generation, stamp: rendering.stamp, wanted, unplaced, rendered: kept, skipped };
}
