/** @module In which order objects are applied and pruned: what others need goes first, what can refuse others goes last. */
import type { ObjectIdentity } from '../resources/object-meta.ts';
import { objectKey } from '../resources/object-meta.ts';

const NAMESPACES = 0;
const DEFINITIONS = 1;
const FOUNDATIONS = 2;
const WORKLOADS = 3;
const ADMISSION = 4;

/** Number of the stage that holds CustomResourceDefinitions; objects of their kinds come in later ones. */
export const DEFINITION_STAGE = DEFINITIONS;

/** What workloads refer to, by group. Kinds of any group that end in `Class` belong here, too. */
const FOUNDATION_KINDS: Readonly<Record<string, readonly string[]>> = {
  '': [
    'ResourceQuota',
    'LimitRange',
    'ServiceAccount',
    'ConfigMap',
    'Secret',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Service',
  ],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'bitnami.com': ['SealedSecret'],
  'apiregistration.k8s.io': ['APIService'],
};

/** The stage, counted from 0, in which an object is applied: namespaces, definitions, foundations, workloads, admission. */
export function stageOf({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): number {
  if (group === '' && kind === 'Namespace') return NAMESPACES;
  if (group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition') return DEFINITIONS;
  // Webhook configurations and admission policies can refuse everything that comes after them.
  if (group === 'admissionregistration.k8s.io') return ADMISSION;
  if (kind.endsWith('Class')) return FOUNDATIONS;
  return Object.hasOwn(FOUNDATION_KINDS, group) && FOUNDATION_KINDS[group]?.includes(kind) ? FOUNDATIONS : WORKLOADS;
}

/** One step of work: its objects depend on earlier stages only, and may be worked on at the same time. */
export interface Stage<T> {
  /** As {@link stageOf} counts. */
  readonly stage: number;
  /** Sorted by identity, so that two runs do the same. */
  readonly items: readonly T[];
}

/** `items` in the order in which they are applied; stages without any are left out. */
export function toApplyStages<T extends { readonly identity: ObjectIdentity }>(
  items: readonly T[],
): readonly Stage<T>[] {
  const byStage = Map.groupBy(items, (item) => stageOf(item.identity));
  return [...byStage].sort(([a], [b]) => a - b).map(([stage, members]) => ({ stage, items: sortByIdentity(members) }));
}

/** `items` in the order in which they are deleted: the reverse. */
export function toPruneStages<T extends { readonly identity: ObjectIdentity }>(
  items: readonly T[],
): readonly Stage<T>[] {
  return toApplyStages(items).toReversed();
}

function sortByIdentity<T extends { readonly identity: ObjectIdentity }>(items: readonly T[]): readonly T[] {
  const keyed = items.map((item) => ({ key: objectKey(item.identity), item }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ item }) => item);
}
