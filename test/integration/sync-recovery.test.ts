import { rename } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CONFIG_MAPS, INVENTORIES } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, configMaps } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

test('an engine that dies in the middle of a sync leaves nothing that its successor does not know of', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(40), 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const first = await world.startEngine({ diesAfterApplies: 20 });
  const made = async (): Promise<number> =>
    (await world.client.list(CONFIG_MAPS, { namespace: world.namespace })).items.filter(({ metadata }) =>
      metadata.name?.startsWith('object-'),
    ).length;
  await eventually(async () => expect(await made()).toBeGreaterThan(10));
  await first.stop();
  expect((await world.inventory('app'))?.spec.entries).toHaveLength(41);
  expect(await made()).toBeLessThan(40);
  const commit = await world.repository.commit({ 'all.yaml': null });
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  expect(await made()).toBe(0);
  expect((await world.inventory('app'))?.spec.entries.map(({ name }) => name)).toEqual(['a']);
});

test('a restart while the source cannot be reached still enforces what was applied last', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  await first.stop();
  await rename(world.repository.folder, `${world.repository.folder}.away`);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await world.startEngine();
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
  const failed = await world.gitSync('app');
  expect(failed.status?.lastAppliedRevision).toBe(`main@sha1:${commit}`);
  await eventually(async () => {
    const ready = (await world.gitSync('app')).status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready?.status).toBe('False');
  });
});

test('an inventory that somebody deleted is written again', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(3) });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.client.delete((await world.client.findType('signet.dev/v1alpha1', 'Inventory'))!, {
    namespace: world.namespace,
    name: 'app',
  });
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect((await world.inventory('app'))?.spec.entries).toHaveLength(4);
});

test('an inventory that somebody deleted while nothing changes is written again', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'one.yaml': configMap('one', '1') });
  await world.startEngine();
  await world.createGitSync('app');
  await world.untilReason('app', 'Applied');
  const before = (await world.inventory('app'))?.spec;
  await world.client.delete(INVENTORIES, { namespace: world.namespace, name: 'app' });
  await eventually(async () => expect((await world.inventory('app'))?.spec).toEqual(before));
});

test('a suspension in the middle of a sync is no failure of its objects, and ends with the rest in place', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(400) });
  const engine = await world.startEngine();
  await world.createGitSync('app');
  await world.untilReason('app', 'Progressing');
  await world.patchSpec('app', { suspend: true });
  const suspended = await eventually(async () => {
    const object = await world.gitSync('app');
    const { status } = object;
    expect(status?.conditions?.find(({ type }) => type === 'Reconciling')?.reason).toBe('Suspended');
    expect(status?.observedGeneration).toBe(object.metadata.generation);
    return status;
  });
  expect(suspended?.failures).toBeUndefined();
  expect(suspended?.conditions?.find(({ type }) => type === 'Ready')?.reason).toMatch(/^(Suspended|Applied)$/);
  expect(engine.events.filter(({ type }) => type === 'Warning')).toEqual([]);
  await world.patchSpec('app', { suspend: false });
  await world.untilReason('app', 'Applied');
});
