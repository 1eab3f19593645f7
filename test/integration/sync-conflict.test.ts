import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

test('an object of another GitSync is neither changed nor pruned, and the conflict names its owner', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'one/shared.yaml': configMap('shared', 'one'),
    'two/shared.yaml': configMap('shared', 'two'),
    'two/own.yaml': configMap('own', 'two'),
  });
  await world.startEngine();
  await world.createGitSync('one', { source: { url: world.repository.url, path: 'one' }, prune: true });
  await world.untilReason('one', 'Applied');
  await world.createGitSync('two', { source: { url: world.repository.url, path: 'two' }, prune: true });
  const failed = await world.untilReason('two', 'ApplyFailed');
  expect(failed.status?.failures).toEqual([
    {
      kind: 'ConfigMap',
      namespace: world.namespace,
      name: 'shared',
      file: 'two/shared.yaml',
      line: 1,
      message: `belongs to GitSync ${world.namespace}/one, which applies it, too`,
    },
  ]);
  expect((await world.get(CONFIG_MAPS, 'shared'))?.['data']).toEqual({ value: 'one' });
  expect(await world.get(CONFIG_MAPS, 'own')).not.toBeNull();
  const commit = await world.repository.commit({ 'two/shared.yaml': null });
  await world.reconcile('two');
  await world.untilReason('two', 'Applied', commit);
  expect(await world.get(CONFIG_MAPS, 'shared')).not.toBeNull();
});

test('an object that moves from one GitSync to another arrives there once the first lets go of it', async () => {
  const world = await createSyncWorld();
  const branches = { one: { branch: 'one' }, two: { branch: 'two' } };
  await world.repository.commit(
    { 'moving.yaml': configMap('moving', 'one'), 'a.yaml': configMap('a', '1') },
    branches.one,
  );
  await world.repository.commit({ 'b.yaml': configMap('b', '1') }, branches.two);
  await world.startEngine();
  // On one branch the first would hear of a commit as soon as the second does, and might let go of it earlier.
  for (const [name, ref] of Object.entries(branches)) {
    await world.createGitSync(name, { source: { url: world.repository.url, ref }, prune: true });
    await world.untilReason(name, 'Applied');
  }
  await world.repository.commit({ 'moving.yaml': null }, branches.one);
  await world.repository.commit({ 'moving.yaml': configMap('moving', 'two') }, branches.two);
  await world.reconcile('two');
  await world.untilReason('two', 'ApplyFailed');
  await world.reconcile('one');
  await world.untilReason('two', 'Applied');
  expect((await world.get(CONFIG_MAPS, 'moving'))?.['data']).toEqual({ value: 'two' });
});

test('what a GitSync that no longer exists left behind is free for another', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.startEngine();
  await world.createGitSync('first');
  await world.untilReason('first', 'Applied');
  await world.deleteGitSync('first');
  expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull();
  await world.createGitSync('second');
  await world.untilReason('second', 'Applied');
  await eventually(async () =>
    expect((await world.get(CONFIG_MAPS, 'a'))?.metadata.annotations).toEqual({
      'signet.dev/git-sync': `${world.namespace}/second`,
    }),
  );
});
