/** @module The files of a commit become the exact objects to enforce: render, place, digest. A commit with anything wrong in it is refused whole. */
import type { ResolvedRevision } from '../../shared/git/git-repository.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { ObjectKey } from '../../shared/resources/object-meta.ts';
import { placeObjects } from '../../shared/sync/place-objects.ts';
import type { OpenRendering } from '../../shared/sync/revision-renderer.ts';
import type { ServedKinds } from '../../shared/sync/served-kinds.ts';
import type { DesiredObject } from '../../shared/sync-plan/desired-object.ts';
import type { DigestObject } from '../../shared/sync-plan/digest.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import { digestedContent, PLAIN_RULES, rulesOf } from '../../shared/sync-plan/object-rules.ts';
import { problemFailure } from '../../shared/sync-plan/sync-failure.ts';
import { renderRefusal } from './sync-refusal.ts';
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
  return placeRevision(options, { rendered: objects, skipped });
}

/** The revision of objects that are rendered already, as after a kind was not found. @throws RefusedError */
export async function placeRevision(
  options: PrepareOptions,
  { rendered, skipped }: Pick<EnforcedRevision, 'rendered' | 'skipped'>,
): Promise<EnforcedRevision> {
  const { kinds, digest, gitSync, revision } = options;
  const { namespace = '', name = '', generation = 0 } = gitSync.metadata;
  const defaultNamespace = gitSync.spec.targetNamespace ?? namespace;
  const input = { rendered, defaultNamespace, owner: `${namespace}/${name}` };
  const { placed, unplaced, problems } = await placeObjects(kinds, input);
  if (problems.length > 0) throw renderRefusal(problems.map(problemFailure));
  const desired = await Promise.all(
    placed.map(async (object): Promise<DesiredObject> => {
      const rules = rulesOf(object, gitSync.spec);
      return {
        ...object,
        digest: await digest(digestedContent(object.object, rules)),
        ...(rules === PLAIN_RULES ? {} : { rules }),
      };
    }),
  );
  const wanted = new Map<ObjectKey, DesiredObject>(desired.map((object) => [object.key, object]));
  const { stamp } = options.rendering;
  return { ...revision, generation, stamp, wanted, unplaced, rendered: unplaced.length === 0 ? [] : rendered, skipped };
}
