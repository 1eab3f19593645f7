import { expect, test } from 'vitest';
import { ensureRequestsObject, publishKeyList } from '../../../../controller/keys/public-objects.ts';
import { CONFIG_MAPS } from '../../../../shared/kube/resource-type.ts';
import { readKeyList } from '../../../../shared/resources/key-list.ts';
import { KEYS_CONFIG_MAP } from '../../../../shared/resources/names.ts';
import { MemoryObjects } from '../../../support/memory-objects.ts';

const list = { keys: [], unusable: [{ secret: 's', problem: 'p' }], certificatesPem: '' };

test('publishKeyList creates, leaves alone what is right, and corrects the rest', async () => {
  const client = new MemoryObjects();
  const dependencies = { client, namespace: 'keys' };
  const created = await publishKeyList(dependencies, list, null);
  expect(readKeyList(created)).toEqual(list);
  client.calls.length = 0;
  expect(await publishKeyList(dependencies, list, created)).toBe(created);
  expect(client.calls).toEqual([]);
  const other = { ...list, certificatesPem: 'other' };
  const foreign = client.put({ ...created, data: { ...(created['data'] as object), mine: 'm' } });
  const changed = await publishKeyList(dependencies, other, foreign);
  expect(readKeyList(changed)).toEqual(other);
  expect(changed['data']).toMatchObject({ mine: 'm' });
});

test('publishKeyList corrects an object that its caller did not know of', async () => {
  const client = new MemoryObjects();
  client.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: KEYS_CONFIG_MAP, namespace: 'keys' } });
  expect(readKeyList(await publishKeyList({ client, namespace: 'keys' }, list, null))).toEqual(list);
});

test('ensureRequestsObject leaves an existing object as it is', async () => {
  const client = new MemoryObjects();
  const annotations = { 'signet.dev/rotate-requested-at': 'x' };
  client.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'signet-requests', namespace: 'keys', annotations },
  });
  await ensureRequestsObject({ client, namespace: 'keys' });
  const object = await client.get(CONFIG_MAPS, { namespace: 'keys', name: 'signet-requests' });
  expect(object?.metadata.annotations).toEqual(annotations);
});
