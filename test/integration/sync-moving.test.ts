import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { untilHeard } from '../support/sync-waits.ts';

const OWNER = 'signet.dev/git-sync';

async function ownerOf(world: SyncWorld, name: string): Promise<readonly (string | undefined)[]> {
  const object = await world.get(CONFIG_MAPS, name);
  return [object?.metadata.uid, object?.metadata.annotations?.[OWNER]];
}

test('a file moves from one GitSync to another without its object being deleted', async () => {
  const world = await createSyncWorld();
  const { url } = world.repository;
  await world.repository.commit({ 'one/a.yaml': configMap('a', '1'), 'one/b.yaml': configMap('b', '1') });
  await world.repository.commit({ 'two/c.yaml': configMap('c', '1') });
  await world.startEngine();
  for (const name of ['one', 'two']) {
    await world.createGitSync(name, { source: { url, path: name }, prune: true, retryInterval: '1s' });
    await world.untilReason(name, 'Applied');
  }
  const [uid] = await ownerOf(world, 'a');
  await world.annotate(CONFIG_MAPS, 'a', { 'signet.dev/prune': 'disabled' });
  await untilHeard(world, 'b');
  const commit = await world.repository.commit({ 'one/a.yaml': null, 'two/a.yaml': configMap('a', '2') });
  // The new one asks first, and is told whose the object is.
  await world.reconcile('two');
  await world.reconcile('one');
  await world.untilReason('one', 'Applied', commit);
  await world.untilReason('two', 'Applied', commit);
  expect(await ownerOf(world, 'a')).toEqual([uid, `${world.namespace}/two`]);
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
  await world.annotate(CONFIG_MAPS, 'a', { 'signet.dev/prune': null });
  await untilHeard(world, 'c');
  await world.repository.commit({ 'two/a.yaml': null });
  await world.reconcile('two');
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).toBeNull());
});

test('a GitSync is renamed without its objects being deleted', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.startEngine();
  await world.createGitSync('old', { prune: true });
  await world.untilReason('old', 'Applied');
  const [uid] = await ownerOf(world, 'a');
  await world.patchSpec('old', { prune: false });
  await world.untilReason('old', 'Applied');
  await world.deleteGitSync('old');
  await world.createGitSync('new', { prune: true });
  await world.untilReason('new', 'Applied');
  expect(await ownerOf(world, 'a')).toEqual([uid, `${world.namespace}/new`]);
  await world.repository.commit({ 'a.yaml': null });
  await world.reconcile('new');
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).toBeNull());
  expect(await world.get(CONFIG_MAPS, 'b')).not.toBeNull();
});
