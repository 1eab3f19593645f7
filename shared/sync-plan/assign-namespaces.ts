/**
 * @module Settles the namespace of every rendered object, which takes the scope of its kind. Who knows the scopes (discovery, or a
 * definition in the same commit) is the caller's business.
 */
import type { KubeObject, ObjectKey } from '../resources/object-meta.ts';
import { describeIdentity } from '../resources/object-meta.ts';
import type { KindScope } from './custom-kinds.ts';
import { type PlacedObject, toPlacedObject } from './desired-object.ts';
import type { RenderProblem } from './render-problem.ts';
import { describeOrigin, type RenderedObject } from './rendered-object.ts';

/** What {@link assignNamespaces} works on. */
export interface NamespaceAssignment {
  readonly rendered: readonly RenderedObject[];
  /** For namespaced objects that name none. */
  readonly defaultNamespace: string;
  /** The scope of a kind, or null when nobody serves or defines it. */
  readonly scopeOf: (apiVersion: string, kind: string) => KindScope | null;
}

/** Every rendered object is in exactly one of the three. */
export interface Placement {
  readonly placed: readonly PlacedObject[];
  /** Objects of kinds that nobody knows. */
  readonly unknown: readonly RenderedObject[];
  /** Second and later objects of one identity, found only now that the namespace is known. */
  readonly problems: readonly RenderProblem[];
}

/** Namespaced objects get the default namespace where they name none; cluster-scoped ones lose any that they name. */
export function assignNamespaces(input: NamespaceAssignment): Placement {
  const placed = new Map<ObjectKey, PlacedObject>();
  const unknown: RenderedObject[] = [];
  const problems: RenderProblem[] = [];
  for (const rendered of input.rendered) {
    const scope = input.scopeOf(rendered.object.apiVersion, rendered.object.kind);
    if (scope === null) {
      unknown.push(rendered);
      continue;
    }
    const object = place(rendered.object, scope, input.defaultNamespace);
    const candidate: PlacedObject = { ...rendered, ...toPlacedObject(object, rendered.origin) };
    const first = placed.get(candidate.key);
    if (first) problems.push(duplicate(candidate, first));
    else placed.set(candidate.key, candidate);
  }
  return { placed: [...placed.values()], unknown, problems };
}

function place(object: KubeObject, scope: KindScope, defaultNamespace: string): KubeObject {
  const { namespace, ...metadata } = object.metadata;
  if (scope === 'Cluster') return namespace === undefined ? object : { ...object, metadata };
  return namespace ? object : { ...object, metadata: { ...metadata, namespace: defaultNamespace } };
}

function duplicate(second: PlacedObject, first: PlacedObject): RenderProblem {
  return {
    file: second.origin.file,
    line: second.origin.line,
    code: 'RENDER_DUPLICATE',
    message: `${describeIdentity(second.identity)} is also written at ${describeOrigin(first.origin)}`,
    object: second.identity,
  };
}
