import { expect, test } from 'vitest';
import type { ObjectMeta } from '../../../../shared/resources/object-meta.ts';
import { readLiveObject } from '../../../../shared/sync/live-object.ts';

function live(metadata: ObjectMeta) {
  return readLiveObject({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', uid: 'u', resourceVersion: '5', ...metadata },
  });
}

test('readLiveObject takes identity, owner and wishes from the metadata', () => {
  const annotations = { 'signet.dev/git-sync': 'shop/app', 'signet.dev/prune': 'disabled' };
  expect(live({ annotations, generation: 3, deletionTimestamp: '2030-01-01T00:00:00Z' })).toMatchObject({
    uid: 'u',
    resourceVersion: '5',
    generation: 3,
    owner: 'shop/app',
    isPruneDisabled: true,
    isTerminating: true,
    termination: 'since 2030-01-01T00:00:00Z',
  });
});

test.each([
  { labels: { a: '2' } },
  { annotations: { a: '1' } },
  { finalizers: ['x'] },
  { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' }] },
])('its digest changes with %j', (metadata) => {
  expect(live({ labels: { a: '1' }, ...metadata }).metadataDigest).not.toBe(
    live({ labels: { a: '1' } }).metadataDigest,
  );
});

test('its digest does not change with versions, managers or absent maps', () => {
  const plain = live({}).metadataDigest;
  expect(
    live({ resourceVersion: '6', generation: 9, managedFields: [], labels: {}, annotations: null }).metadataDigest,
  ).toBe(plain);
});

test('the last foreign manager is the latest one that is not Signet and changed more than the status', () => {
  const managedFields = [
    { manager: 'kubectl-edit', time: '2030-01-01T00:00:05Z' },
    { manager: 'kubectl-create', time: '2030-01-01T00:00:01Z' },
    { manager: 'signet-sync', time: '2030-01-01T00:00:09Z' },
    { manager: 'kubelet', time: '2030-01-01T00:00:08Z', subresource: 'status' },
    { manager: 7 },
  ];
  expect(live({ managedFields }).lastForeignManager).toBe('kubectl-edit');
  expect(live({ managedFields: 'odd' }).lastForeignManager).toBeUndefined();
});

test('nothing of an annotation is kept but the digest', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"CANARY"}}' };
  expect(JSON.stringify(live({ annotations }))).not.toContain('CANARY');
});

test('the owned fields and those of others are told apart', () => {
  const own = { manager: 'signet-sync', operation: 'Apply', time: '2030-01-01T00:00:01Z', fieldsV1: { 'f:data': {} } };
  const other = { manager: 'kubelet', operation: 'Update', subresource: 'status', fieldsV1: { 'f:status': {} } };
  const both = live({ managedFields: [own, other] });
  expect(live({ managedFields: [other, own] }).fields).toBe(both.fields);
  expect(live({ managedFields: [own] })).toMatchObject({ fields: both.fields });
  expect(live({ managedFields: [own] }).foreignFields).not.toBe(both.foreignFields);
  const later = { ...own, time: '2030-01-01T00:00:02Z' };
  expect(live({ managedFields: [later, other] })).toMatchObject({ foreignFields: both.foreignFields });
  expect(live({ managedFields: [later, other] }).fields).not.toBe(both.fields);
  expect(live({ managedFields: [{ ...own, operation: 'Update' }] }).fields).toBeUndefined();
  expect(live({}).fields).toBeUndefined();
});
