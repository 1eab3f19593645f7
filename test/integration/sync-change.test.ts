import { expect, test } from 'vitest';
import { CONFIG_MAPS, NAMESPACES } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, configMaps } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';
import { untilHeard } from '../support/sync-waits.ts';

test('a commit that changes and removes objects changes and prunes them', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    'b.yaml': configMap('b', '1'),
    'c.yaml': configMap('c', '1'),
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const before = await world.get(CONFIG_MAPS, 'c');
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '2'), 'b.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  expect((await world.get(CONFIG_MAPS, 'c'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  expect((await world.inventory('app'))?.spec.entries.map(({ name }) => name)).toEqual(['a', 'c']);
  await eventually(() =>
    expect(engine.events.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
      `Synced: applied main@sha1:${commit}: 1 changed, 1 pruned`,
    ),
  );
});

test('a removed object stays when pruning is off, and goes when it is switched on', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'b.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect(await world.get(CONFIG_MAPS, 'b')).not.toBeNull();
  expect((await world.inventory('app'))?.spec.entries).toHaveLength(2);
  await world.patchSpec('app', { prune: true });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'b')).toBeNull());
});

test('an object whose annotation disables pruning is let go', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.annotate(CONFIG_MAPS, 'b', { 'signet.dev/prune': 'disabled' });
  await untilHeard(world, 'a');
  const commit = await world.repository.commit({ 'b.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  const kept = await world.get(CONFIG_MAPS, 'b');
  expect(kept?.metadata.annotations).toEqual({ 'signet.dev/prune': 'disabled' });
  expect((await world.inventory('app'))?.spec.entries.map(({ name }) => name)).toEqual(['a']);
  await eventually(() =>
    expect(engine.events.find(({ reason }) => reason === 'Kept')?.message).toContain(`ConfigMap ${world.namespace}/b`),
  );
});

test('an empty source prunes nothing unless that is allowed', async () => {
  const world = await createSyncWorld();
  const first = await world.repository.commit({ 'all.yaml': configMaps(3), 'README.md': 'text' });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied', first);
  const empty = await world.repository.commit({ 'all.yaml': null });
  await world.reconcile('app');
  const refused = await world.untilReason('app', 'EmptyRender', empty);
  expect(refused.status?.lastAppliedRevision).toBe(`main@sha1:${first}`);
  expect(refused.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  expect(await world.get(CONFIG_MAPS, 'object-2')).not.toBeNull();
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'object-1' });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'object-1')).not.toBeNull());
  await world.patchSpec('app', { guard: { allowEmpty: true } });
  await world.untilReason('app', 'Applied', empty);
  expect(await world.get(CONFIG_MAPS, 'object-2')).toBeNull();
  expect((await world.inventory('app'))?.spec.entries).toEqual([]);
});

test('a pruned object that takes its time is waited for', async () => {
  const world = await createSyncWorld();
  const suffix = world.namespace.slice(-8);
  await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    'n.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: going-${suffix}}\n`,
    'held.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n',
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'n.yaml': null, 'held.yaml': null });
  await world.reconcile('app');
  const waiting = await world.untilReason('app', 'Pruning', commit);
  expect(waiting.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain('held');
  const states = (await world.inventory('app'))?.spec.entries.map(({ name, state }) => `${name} ${state}`);
  expect(states).toContain('held terminating');
  await world.client.mergePatch(
    CONFIG_MAPS,
    { namespace: world.namespace, name: 'held' },
    { metadata: { finalizers: null } },
  );
  await world.untilReason('app', 'Applied', commit);
  expect((await world.inventory('app'))?.spec.entries.map(({ name }) => name)).toEqual(['a']);
  expect(await world.get(NAMESPACES, `going-${suffix}`)).toBeNull();
});

test('the namespace of a GitSync is never pruned', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    'n.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${world.namespace}}\n`,
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'n.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect((await world.get(NAMESPACES, world.namespace))?.metadata.deletionTimestamp).toBeUndefined();
  await eventually(() =>
    expect(engine.events.find(({ reason }) => reason === 'Kept')?.message).toContain('the GitSync lives in it'),
  );
});
