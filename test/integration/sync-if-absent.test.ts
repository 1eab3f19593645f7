import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { edit, liveValue } from '../support/edited-config-map.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

const once = (name: string, value: string): string => configMap(name, value, { 'signet.dev/apply': 'if-absent' });

test('an object that is made only if it is absent is never changed, comes back when it is deleted, and is pruned', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const theirs = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: 'theirs' },
    data: { value: 'own' },
  };
  await world.client.create(CONFIG_MAPS, theirs);
  const flux = configMap('flux', '1', { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' });
  await world.repository.commit({
    'ours.yaml': once('ours', '1'),
    'flux.yaml': flux,
    'theirs.yaml': once('theirs', '1'),
    'stays.yaml': configMap('stays', '1'),
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect([await liveValue(world, 'ours'), await liveValue(world, 'flux'), await liveValue(world, 'theirs')]).toEqual([
    '1',
    '1',
    'own',
  ]);
  await edit(world, 'ours', 'edited');
  await world.repository.commit({ 'ours.yaml': once('ours', '2'), 'flux.yaml': flux.replace('"1"', '"2"') });
  await world.reconcile('app');
  expect([await liveValue(world, 'ours'), await liveValue(world, 'flux')]).toEqual(['edited', '1']);
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'flux' });
  await eventually(async () => expect(await liveValue(world, 'flux')).toBe('2'));
  await world.repository.commit({ 'ours.yaml': null, 'theirs.yaml': null });
  await world.reconcile('app');
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'ours')).toBeNull());
  expect(await liveValue(world, 'theirs')).toBe('own');
});

test('a field that its kind does not know is refused as for any other object', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': `${once('a', '1')}dat: {}\n` });
  await world.createGitSync('app');
  await world.startEngine();
  const { status } = await world.untilReason('app', 'ApplyFailed');
  expect(status?.failures?.map(({ message }) => message)).toEqual([expect.stringContaining('dat')]);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
});

test.each(['signet.dev/reconcile', 'kustomize.toolkit.fluxcd.io/reconcile'])(
  'an object that is annotated %s: disabled is neither changed nor pruned until the annotation goes, and is named',
  async (annotation) => {
    const world = await createSyncWorld();
    await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
    await world.createGitSync('app', { prune: true });
    await world.startEngine();
    await world.untilReason('app', 'Applied');
    await world.annotate(CONFIG_MAPS, 'a', { [annotation]: 'disabled' });
    await eventually(async () => {
      const { status } = await world.gitSync('app');
      expect(status?.conditions?.[0]?.message).toContain(`left alone on request: ConfigMap ${world.namespace}/a`);
    });
    await edit(world, 'a', 'mine');
    await world.repository.commit({ 'a.yaml': configMap('a', '2') });
    await world.reconcile('app');
    expect(await liveValue(world, 'a')).toBe('mine');
    await world.repository.commit({ 'a.yaml': null });
    await world.reconcile('app');
    expect(await liveValue(world, 'a')).toBe('mine');
    await world.annotate(CONFIG_MAPS, 'a', { [annotation]: null });
    await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).toBeNull());
  },
);
