import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

test.each([false, true])(
  'what one GitSync finds out others of the same reference look at, with wait %s',
  async (wait) => {
    const world = await createSyncWorld();
    await world.repository.commit({ 'one/a.yaml': configMap('a', '1'), 'two/b.yaml': configMap('b', '1') });
    const url = world.repository.url;
    await world.createGitSync('one', { interval: '1h', source: { url, path: 'one' } });
    await world.createGitSync('two', { interval: '1h', wait, source: { url, path: 'two' } });
    await world.startEngine();
    await world.untilReason('one', 'Applied');
    await world.untilReason('two', 'Applied');
    const commit = await world.repository.commit({ 'two/b.yaml': configMap('b', '2') });
    await world.reconcile('one');
    await world.untilReason('two', 'Applied', commit);
    expect((await world.get(CONFIG_MAPS, 'b'))?.['data']).toEqual({ value: '2' });
  },
);

test('many GitSyncs of one reference ask the remote once after a start, and a request asks it anew', async () => {
  const world = await createSyncWorld();
  const names = Array.from({ length: 12 }, (_, index) => `app-${index}`);
  await world.repository.commit(Object.fromEntries(names.map((name) => [`${name}/a.yaml`, configMap(name, '1')])));
  const url = world.repository.url;
  for (const name of names) await world.createGitSync(name, { interval: '1h', source: { url, path: name } });
  const first = await world.startEngine();
  for (const name of names) await world.untilReason(name, 'Applied');
  expect(first.askCount()).toBe(1);
  await first.stop();
  const second = await world.startEngine();
  await eventually(() => expect(second.askCount()).toBe(1));
  const commit = await world.repository.commit({ 'app-3/a.yaml': configMap('app-3', '2') });
  await world.reconcile('app-3');
  await world.untilReason('app-3', 'Applied', commit);
  expect(second.askCount()).toBe(2);
});
