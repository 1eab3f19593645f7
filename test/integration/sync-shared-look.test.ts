import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
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
