/** @module An application of some dozens of objects of many kinds, with its own definition, a namespace and waves, and what is left of it when most of it leaves Git. */
import type { KubeClient } from '../../shared/kube/client.ts';
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  NAMESPACES,
  type ResourceType,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../../shared/kube/resource-type.ts';
import { OWNER_ANNOTATION } from '../../shared/resources/names.ts';
import { annotationOf, type KubeObject } from '../../shared/resources/object-meta.ts';
import { widgetDefinition } from './manifests.ts';
import { DEPLOYMENTS, rbacType } from './resource-types.ts';

/** One application, told apart from others in the cluster by its id. */
export interface MixedApp {
  /** Of its GitSync; not in Git. */
  readonly namespace: string;
  /** Its files, all of which go when it is shrunk but for those in {@link keptFiles}. */
  readonly files: Readonly<Record<string, string>>;
  readonly keptFiles: readonly string[];
  /** `Kind namespace/name` of what the whole of it is in the cluster. */
  readonly objects: readonly string[];
  readonly keptObjects: readonly string[];
  /** Every kind that it has. */
  readonly types: readonly ResourceType[];
}

interface Part {
  readonly kind: string;
  /** Empty for kinds without one. */
  readonly namespace: string;
  readonly name: string;
  readonly text: string;
}

/** The application `id`, which is part of a DNS label. */
export function mixedApp(id: string): MixedApp {
  const namespace = `app-${id}`;
  const extra = `extra-${id}`;
  const group = `${id}.example.com`;
  const kept: readonly Part[] = [
    { kind: 'CustomResourceDefinition', namespace: '', name: `widgets.${group}`, text: widgetDefinition(group) },
    part('v1', 'Namespace', { namespace: '', name: extra }),
    part('v1', 'ConfigMap', { namespace, name: 'stays', rest: 'data: {k: v}' }),
    part('v1', 'ConfigMap', { namespace: extra, name: 'stays', rest: 'data: {k: v}' }),
  ];
  const going = goingParts({ namespace, extra, group, id });
  return {
    namespace,
    files: { 'kept.yaml': join(kept), 'going.yaml': join(going) },
    keptFiles: ['kept.yaml'],
    objects: [...kept, ...going].map(textOf).toSorted(),
    keptObjects: kept.map(textOf).toSorted(),
    types: [
      CUSTOM_RESOURCE_DEFINITIONS,
      NAMESPACES,
      CONFIG_MAPS,
      SECRETS,
      SERVICE_ACCOUNTS,
      SERVICES,
      DEPLOYMENTS,
      rbacType('Role'),
      rbacType('RoleBinding'),
      rbacType('ClusterRole'),
      { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true },
    ],
  };
}

/** Everything in the cluster that says it belongs to `owner`, as `Kind namespace/name`, sorted. */
export async function ownedObjects(
  client: KubeClient,
  types: readonly ResourceType[],
  owner: string,
): Promise<readonly string[]> {
  const lists = await Promise.all(types.map((type) => listOrNone(client, type)));
  return lists
    .flat()
    .filter(({ metadata }) => annotationOf(metadata, OWNER_ANNOTATION) === owner)
    .map((object) => textOf({ kind: object.kind, namespace: '', name: '', ...object.metadata }))
    .toSorted();
}

/** A kind whose definition is not there yet has no objects. */
async function listOrNone(client: KubeClient, type: ResourceType): Promise<readonly KubeObject[]> {
  try {
    return (await client.list(type, { metadataOnly: true })).items;
  } catch (error) {
    if ((error as { code?: string }).code === 'KUBE_NOT_FOUND') return [];
    throw error;
  }
}

/** `Kind namespace/name`, of an object or of an entry of an inventory. */
export function textOf({ kind, namespace, name }: Pick<Part, 'kind' | 'namespace' | 'name'>): string {
  return `${kind} ${namespace}/${name}`;
}

function goingParts(place: { namespace: string; extra: string; group: string; id: string }): readonly Part[] {
  const { namespace, extra, group, id } = place;
  const inOwn = (name: string, rest = '', wave = 0) => ({ namespace, name, rest, wave });
  const rbac = 'rbac.authorization.k8s.io/v1';
  const roleRef = 'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: role-0}';
  return [
    ...times(10, (n) => part('v1', 'ConfigMap', inOwn(`settings-${n}`, `data: {k: "${n}"}`, n % 3))),
    ...times(3, (n) => part('v1', 'ConfigMap', { namespace: extra, name: `settings-${n}`, rest: 'data: {k: v}' })),
    ...times(4, (n) => part('v1', 'Secret', inOwn(`login-${n}`, `stringData: {password: "p${n}"}`))),
    ...times(3, (n) => part('v1', 'ServiceAccount', inOwn(`runner-${n}`, '', -1))),
    ...times(3, (n) => part('v1', 'Service', inOwn(`web-${n}`, 'spec: {ports: [{port: 80}]}'))),
    ...times(2, (n) => part(rbac, 'Role', inOwn(`role-${n}`, 'rules: []'))),
    part(rbac, 'RoleBinding', inOwn('binding', `${roleRef}\nsubjects: []`)),
    part(rbac, 'ClusterRole', { namespace: '', name: `reader-${id}`, rest: 'rules: []' }),
    ...times(3, (n) => part(`${group}/v1`, 'Widget', inOwn(`widget-${n}`, `spec: {size: ${n}}`, n))),
    ...times(2, (n) => part('apps/v1', 'Deployment', inOwn(`web-${n}`, deploymentSpec(`web-${n}`), 1))),
  ];
}

function part(
  apiVersion: string,
  kind: string,
  words: { namespace: string; name: string; rest?: string; wave?: number },
): Part {
  const { namespace, name, rest = '', wave = 0 } = words;
  const place = namespace === '' ? '' : `, namespace: ${namespace}`;
  const annotation = wave === 0 ? '' : `, annotations: {signet.dev/wave: "${wave}"}`;
  const head = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}${place}${annotation}}\n`;
  return { kind, namespace, name, text: `${head}${rest}${rest === '' ? '' : '\n'}` };
}

function deploymentSpec(name: string): string {
  const template = `{metadata: {labels: {app: ${name}}}, spec: {containers: [{name: web, image: "web:1"}]}}`;
  return `spec: {replicas: 0, selector: {matchLabels: {app: ${name}}}, template: ${template}}`;
}

function join(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join('---\n');
}

function times<T>(count: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, n) => make(n));
}
