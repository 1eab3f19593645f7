import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { configMap, configMaps } from '../support/manifests.ts';
import { CLAIMS } from '../support/resource-types.ts';
import { createSyncWorld } from '../support/sync-engine.ts';
import { untilHeard } from '../support/sync-waits.ts';

test('a deleted GitSync that prunes takes its objects and its inventory with it', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(3), 'kept.yaml': configMap('kept', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.annotate(CONFIG_MAPS, 'kept', { 'signet.dev/prune': 'disabled' });
  await untilHeard(world, 'object-0');
  await world.deleteGitSync('app');
  const names = (await world.client.list(CONFIG_MAPS, { namespace: world.namespace })).items.map(
    ({ metadata }) => metadata.name,
  );
  expect(names.filter((name) => name !== 'kube-root-ca.crt')).toEqual(['kept']);
  expect(await world.inventory('app')).toBeNull();
});

test('what a deleted GitSync leaves for its data is named', async () => {
  const world = await createSyncWorld();
  const claim =
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], storageClassName: none, resources: {requests: {storage: 1Mi}}}\n';
  await world.repository.commit({ 'claim.yaml': claim, 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.deleteGitSync('app');
  const left = `PersistentVolumeClaim ${world.namespace}/data (data may be lost with it)`;
  expect(engine.events.filter(({ reason }) => reason === 'Kept').map(({ message }) => message)).toEqual([
    `the GitSync is deleted, and these stay in the cluster: ${left}`,
  ]);
  expect(engine.logs.join('\n')).toContain(left);
  expect(await world.get(CLAIMS, 'data')).not.toBeNull();
});

test('a deleted GitSync that does not prune, or is suspended, leaves its objects', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'one/a.yaml': configMap('a', '1'), 'two/b.yaml': configMap('b', '1') });
  await world.startEngine();
  await world.createGitSync('one', { source: { url: world.repository.url, path: 'one' } });
  await world.createGitSync('two', { source: { url: world.repository.url, path: 'two' }, prune: true });
  await world.untilReason('one', 'Applied');
  await world.untilReason('two', 'Applied');
  await world.patchSpec('two', { suspend: true });
  await world.deleteGitSync('one');
  await world.deleteGitSync('two');
  expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull();
  expect(await world.get(CONFIG_MAPS, 'b')).not.toBeNull();
  expect(await world.inventory('one')).toBeNull();
});

test('a deleted GitSync waits for objects that take their time, and says for which', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'held.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n',
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.client.delete((await world.client.findType('signet.dev/v1alpha1', 'GitSync'))!, {
    namespace: world.namespace,
    name: 'app',
  });
  const deleting = await world.untilReason('app', 'Deleting');
  expect(deleting.status?.conditions?.[0]?.message).toContain(`ConfigMap ${world.namespace}/held`);
  const reference = { namespace: world.namespace, name: 'held' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { metadata: { finalizers: null } });
  await world.deleteGitSync('app');
  expect(await world.get(CONFIG_MAPS, 'held')).toBeNull();
});
