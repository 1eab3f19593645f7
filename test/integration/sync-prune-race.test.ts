import { expect, test } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, type ResourceType } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { readLiveObject } from '../../shared/sync/live-object.ts';
import { deleteOwned } from '../../shared/sync/prune.ts';
import { createServedKinds } from '../../shared/sync/served-kinds.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';

async function setUp(type: ResourceType) {
  const client = await adminClient();
  const namespace = type.namespaced ? await freshNamespace(client) : '';
  const name = type.namespaced ? 'a' : await freshNamespace(client);
  const reference = { name, ...(type.namespaced && { namespace }) };
  const object: KubeObject = { apiVersion: 'v1', kind: type.kind, metadata: { ...reference } };
  const made = type.namespaced ? await client.create(type, object) : await client.get(type, reference);
  if (made === null) throw new Error('it was not made');
  const entry = { group: '', version: 'v1', kind: type.kind, namespace, name, state: 'applied' as const };
  const kinds = createServedKinds(client);
  const prune = () => deleteOwned({ client, kinds }, entry, readLiveObject(made));
  return { client, reference, made, prune };
}

test('an object is deleted in the version in which it was seen, of whatever kind', async () => {
  expect(await (await setUp(CONFIG_MAPS)).prune()).toBe('gone');
  expect(await (await setUp(NAMESPACES)).prune()).toBe('terminating');
});

test('an object whose content changed since it was seen is deleted all the same', async () => {
  const { client, reference, prune } = await setUp(CONFIG_MAPS);
  await client.mergePatch(CONFIG_MAPS, reference, { data: { by: 'somebody else' } });
  expect(await prune()).toBe('gone');
  expect(await client.get(CONFIG_MAPS, reference)).toBeNull();
});

test('an object that was asked to stay since it was seen stays', async () => {
  for (const type of [CONFIG_MAPS, NAMESPACES]) {
    const { client, reference, prune } = await setUp(type);
    const annotations = { 'signet.dev/prune': 'disabled' };
    await client.mergePatch(type, reference, { metadata: { annotations } });
    expect(await prune()).toBe('changed');
    expect((await client.get(type, reference))?.metadata).toMatchObject({ annotations });
    expect((await client.get(type, reference))?.metadata.deletionTimestamp).toBeUndefined();
  }
});

test('another object that has the name by now stays', async () => {
  const { client, reference, made, prune } = await setUp(CONFIG_MAPS);
  await client.delete(CONFIG_MAPS, reference);
  const { uid } = (await client.create(CONFIG_MAPS, { ...made, metadata: { ...reference } })).metadata;
  expect(await prune()).toBe('changed');
  expect((await client.get(CONFIG_MAPS, reference))?.metadata.uid).toBe(uid);
});
