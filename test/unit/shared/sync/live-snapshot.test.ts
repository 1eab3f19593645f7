import { expect, test } from 'vitest';
import type { ResourceType } from '../../../../shared/kube/resource-type.ts';
import type { ObjectIdentity } from '../../../../shared/resources/object-meta.ts';
import { LiveSnapshot } from '../../../../shared/sync/live-snapshot.ts';
import type { ServedKinds } from '../../../../shared/sync/served-kinds.ts';

const TYPE: ResourceType = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

function identityOf(name: string): ObjectIdentity {
  return { group: '', kind: 'ConfigMap', namespace: 'shop', name };
}

test('an object that is not there is absent, and one that nobody asked about is not known', async () => {
  const client = { get: async () => null, list: async () => ({ items: [], resourceVersion: '1' }) };
  const kinds = { findForEntry: async () => TYPE } as unknown as ServedKinds;
  const snapshot = new LiveSnapshot(client, kinds, [{ identity: identityOf('asked'), version: 'v1' }]);
  expect(snapshot.find(identityOf('asked'))).toBe('unreadable');
  await snapshot.read();
  expect(snapshot.find(identityOf('asked'))).toBe('absent');
  expect(snapshot.find(identityOf('other'))).toBe('unreadable');
});
