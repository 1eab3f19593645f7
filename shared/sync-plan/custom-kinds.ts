/** @module The kinds that the CustomResourceDefinitions of a commit will make known, read from the definitions themselves. */
import { fieldsOf } from '../encoding/value-kind.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { groupOf } from '../resources/object-meta.ts';
import type { RenderedObject } from './rendered-object.ts';

/** Whether objects of a kind live in namespaces. */
export type KindScope = 'Namespaced' | 'Cluster';

/** One kind that a definition of the commit describes. */
export interface CustomKind {
  readonly scope: KindScope;
  /** Versions that will be served. */
  readonly versions: ReadonlySet<string>;
}

/** Map key of a kind within its group. */
export function kindKey(group: string, kind: string): string {
  return `${group}/${kind}`;
}

/** The kinds that `rendered` defines, by {@link kindKey}; definitions too broken to be read are left to the API server to refuse. */
export function customKindsOf(rendered: readonly RenderedObject[]): ReadonlyMap<string, CustomKind> {
  const kinds = new Map<string, CustomKind>();
  for (const { object } of rendered) {
    if (!isDefinition(object)) continue;
    const spec = fieldsOf(object['spec']);
    const group = spec['group'];
    const kind = fieldsOf(spec['names'])['kind'];
    if (typeof group !== 'string' || typeof kind !== 'string') continue;
    const scope = spec['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced';
    kinds.set(kindKey(group, kind), { scope, versions: servedVersions(spec['versions']) });
  }
  return kinds;
}

/** True for a CustomResourceDefinition of any version. */
function isDefinition(object: KubeObject): boolean {
  return object.kind === 'CustomResourceDefinition' && groupOf(object.apiVersion) === 'apiextensions.k8s.io';
}

function servedVersions(versions: unknown): ReadonlySet<string> {
  const served = new Set<string>();
  if (!Array.isArray(versions)) return served;
  for (const version of versions.map(fieldsOf)) {
    if (typeof version['name'] === 'string' && version['served'] !== false) served.add(version['name']);
  }
  return served;
}
