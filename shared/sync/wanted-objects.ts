/** @module What a GitSync wants: rendered objects become exactly those that are sent, with their digests. */
import type { GitSync } from '../resources/git-sync.ts';
import type { ObjectKey } from '../resources/object-meta.ts';
import type { DesiredObject, PlacedObject } from '../sync-plan/desired-object.ts';
import type { DigestObject } from '../sync-plan/digest.ts';
import { digestedContent, PLAIN_RULES, rulesOf } from '../sync-plan/object-rules.ts';
import type { RenderProblem } from '../sync-plan/render-problem.ts';
import type { RenderedObject } from '../sync-plan/rendered-object.ts';
import { placementOf, placeObjects, type UnplacedObject } from './place-objects.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What a revision holds. */
export interface WantedObjects {
  readonly wanted: ReadonlyMap<ObjectKey, DesiredObject>;
  readonly unplaced: readonly UnplacedObject[];
}

/** What of `rendered` is to be in place, on behalf of `gitSync`. With `problems` none of it can be used. */
export async function findWanted(
  { kinds, digest }: { readonly kinds: ServedKinds; readonly digest: DigestObject },
  gitSync: GitSync,
  rendered: readonly RenderedObject[],
): Promise<WantedObjects & { readonly problems: readonly RenderProblem[] }> {
  const { placed, unplaced, problems } = await placeObjects(kinds, { rendered, ...placementOf(gitSync) });
  const toDesired = async (one: PlacedObject): Promise<DesiredObject> => {
    const rules = rulesOf(one, gitSync.spec);
    const content = await digest(digestedContent(one.object, rules));
    return { ...one, digest: content, ...(rules === PLAIN_RULES ? {} : { rules }) };
  };
  const desired = problems.length > 0 ? [] : await Promise.all(placed.map(toDesired));
  return { wanted: new Map(desired.map((one) => [one.key, one])), unplaced, problems };
}
