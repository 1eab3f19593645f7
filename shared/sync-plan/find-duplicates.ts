/** @module Objects that are written twice: nobody can tell which one is meant, so none of them is. */
import { identityOf, objectKey } from '../resources/object-meta.ts';
import type { RenderProblem } from './render-problem.ts';
import { describeOrigin, type RenderedObject } from './rendered-object.ts';

/** What is left, and one problem for each further place of an identity; the problem names the first place, too. */
export interface Deduplication {
  readonly unique: readonly RenderedObject[];
  readonly problems: readonly RenderProblem[];
}

/** Separates objects whose identity is written once from those that are written more often. Keeps the order. */
export function findDuplicates(objects: readonly RenderedObject[]): Deduplication {
  const groups = Map.groupBy(objects, ({ object }) => objectKey(identityOf(object)));
  const problems = [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : others.map((other) => duplicate(other, first)),
  );
  const unique = objects.filter(({ object }) => groups.get(objectKey(identityOf(object)))?.length === 1);
  return { unique, problems };
}

function duplicate({ object, origin }: RenderedObject, first: RenderedObject): RenderProblem {
  return {
    file: origin.file,
    line: origin.line,
    code: 'RENDER_DUPLICATE',
    message: `the object is also written at ${describeOrigin(first.origin)}`,
    hint: 'keep one of them',
    object: identityOf(object),
  };
}
