import { expect, test } from 'vitest';
import { KubeError } from '../../../../shared/kube/errors.ts';
import type { ResourceType } from '../../../../shared/kube/resource-type.ts';
import { type KubeObject, type ObjectIdentity, objectKey } from '../../../../shared/resources/object-meta.ts';
import { findLosses } from '../../../../shared/sync/find-losses.ts';
import type { ServedKinds } from '../../../../shared/sync/served-kinds.ts';
import type { PlannedPrune } from '../../../../shared/sync-plan/plan.ts';

const NAMESPACE = { group: '', kind: 'Namespace', namespace: '', name: 'shop' };
const DEFINITION = {
  group: 'apiextensions.k8s.io',
  kind: 'CustomResourceDefinition',
  namespace: '',
  name: 'widgets.example.com',
};

function typeOf(kind: string): ResourceType {
  return { group: '', version: 'v1', kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
}

function objectOf(kind: string, name: string, owner?: string): KubeObject {
  const ownerReferences = owner === undefined ? [] : [{ apiVersion: 'v1', kind: 'Any', name: 'any', uid: owner }];
  return { apiVersion: 'v1', kind, metadata: { namespace: 'shop', name, uid: `${kind}-${name}`, ownerReferences } };
}

const SEEN = { resourceVersion: '1', metadataDigest: '' };

function deletionOf(identity: ObjectIdentity, uid: string): PlannedPrune {
  const entry = { ...identity, version: 'v1', state: 'applied' as const, uid };
  return { identity, key: objectKey(identity), entry, decision: { kind: 'delete', uid, ...SEEN } };
}

/** The loss of `identity` in a cluster that lists these objects, or fails like this, for each kind. */
async function lossOf(
  identity: ObjectIdentity,
  lists: Readonly<Record<string, readonly KubeObject[] | KubeError>>,
  { others = [], going = [] }: Readonly<Partial<Record<'others' | 'going', readonly PlannedPrune[]>>> = {},
): Promise<string | null> {
  const client = {
    listNamespacedTypes: async () => Object.keys(lists).map(typeOf),
    list: async (type: ResourceType) => {
      const found = lists[type.kind] ?? [];
      if (found instanceof KubeError) throw found;
      return { items: found, resourceVersion: '1' };
    },
    get: async () => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {},
      spec: { group: 'example.com', names: { kind: 'Widget' }, versions: [{ name: 'v1' }] },
    }),
  };
  const find = async (_apiVersion: string, kind: string) => (kind in lists ? typeOf(kind) : null);
  const planned = deletionOf(identity, 'itself');
  const losses = await findLosses({ client, kinds: { find } as ServedKinds }, [planned, ...others], going);
  return losses(planned, 'itself');
}

test('what a namespace is given, events, and what is computed from other objects are no content', async () => {
  const computed = { ...objectOf('PodMetrics', 'pod'), metadata: { name: 'pod' } };
  const lists = {
    ConfigMap: [objectOf('ConfigMap', 'kube-root-ca.crt')],
    ServiceAccount: [objectOf('ServiceAccount', 'default')],
    Event: [objectOf('Event', 'told')],
    Computed: [computed],
  };
  expect(await lossOf(NAMESPACE, lists)).toBeNull();
});

test('what is deleted in the same plan is no loss, and neither is what it owns', async () => {
  const lists = { ConfigMap: [objectOf('ConfigMap', 'ours')], Pod: [objectOf('Pod', 'owned', 'ConfigMap-ours')] };
  const ours = deletionOf({ ...NAMESPACE, kind: 'ConfigMap', namespace: 'shop', name: 'ours' }, 'ConfigMap-ours');
  expect(await lossOf(NAMESPACE, lists, { others: [ours] })).toBeNull();
  expect(await lossOf(NAMESPACE, lists)).toBe('it holds ConfigMap shop/ours, which would go with it');
});

test('a claim that would be kept until its deletion is approved is a loss of its namespace, and none once it was approved', async () => {
  const claim = { ...NAMESPACE, kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data' };
  const lists = { PersistentVolumeClaim: [objectOf('PersistentVolumeClaim', 'data')] };
  const deletion = deletionOf(claim, 'PersistentVolumeClaim-data');
  expect(await lossOf(NAMESPACE, lists, { others: [deletion] })).toBe(
    'it holds PersistentVolumeClaim shop/data, which would go with it',
  );
  expect(await lossOf(NAMESPACE, lists, { going: [deletion] })).toBeNull();
});

test('of much content a few examples are named', async () => {
  const lists = { Secret: ['e', 'd', 'c', 'b', 'a'].map((name) => objectOf('Secret', name)) };
  expect(await lossOf(NAMESPACE, lists)).toBe(
    'it holds Secret shop/a, Secret shop/b, Secret shop/c and 2 more, which would go with it',
  );
});

test('kinds that can only be created are passed over, and one that cannot be listed counts as a loss', async () => {
  const onlyCreated = new KubeError('KUBE_INVALID', 'cannot list', { status: 405 });
  expect(await lossOf(NAMESPACE, { Binding: onlyCreated })).toBeNull();
  const forbidden = new KubeError('KUBE_FORBIDDEN', 'cannot list secrets', { status: 403 });
  expect(await lossOf(NAMESPACE, { Secret: forbidden, ConfigMap: [] })).toBe(
    'it cannot be told what would go with it: cannot list secrets',
  );
});

test('a definition without instances may go, one with instances or without a served version may not', async () => {
  expect(await lossOf(DEFINITION, { Widget: [] })).toBeNull();
  expect(await lossOf(DEFINITION, { Widget: [objectOf('Widget', 'one')] })).toContain('there are Widget shop/one');
  expect(await lossOf(DEFINITION, {})).toContain('no version of it is served');
});
