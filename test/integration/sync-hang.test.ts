import { readFile, writeFile } from 'node:fs/promises';
import { expect, inject, onTestFinished, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { type SwallowingProxy, startSwallowingProxy } from '../support/swallowing-proxy.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

/** A deadline of a request, the silence after which a watch is given up, and as much again for a busy machine. */
const LONG = { timeoutMs: 300_000 };

/** A way to the run's API server that can fall silent, and a kubeconfig that leads there. */
async function silenceablePath(): Promise<{ readonly proxy: SwallowingProxy; readonly kubeconfig: string }> {
  const direct = inject('kubeconfig');
  const content = JSON.parse(await readFile(direct, 'utf8'));
  const proxy = await startSwallowingProxy(content.clusters[0].cluster.server);
  onTestFinished(() => proxy.stop());
  content.clusters[0].cluster.server = proxy.server;
  const kubeconfig = `${direct}.silenceable-${new URL(proxy.server).port}`;
  await writeFile(kubeconfig, JSON.stringify(content), { mode: 0o600 });
  return { proxy, kubeconfig };
}

test('after an API server that answered nobody and closed no connection everything goes on, and what was to be done meanwhile is done', async () => {
  const world = await createSyncWorld('hang');
  const { client, namespace, repository } = world;
  const { proxy, kubeconfig } = await silenceablePath();
  await repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { interval: '2s', retryInterval: '1s', prune: true });
  const engine = await world.startEngine({ kubeconfig });
  await world.untilReason('app', 'Applied');

  proxy.swallow(true);
  const commit = await repository.commit({ 'a.yaml': configMap('a', '2'), 'b.yaml': configMap('b', '1') });
  await client.delete(CONFIG_MAPS, { namespace, name: 'b' });
  await eventually(
    () => expect(engine.logs.join('\n')).toMatch(/no (?:answer|connection) within the time limit/),
    LONG,
  );
  proxy.swallow(false);

  // The first of new connections: those from before stay open, and nobody answers on them.
  await eventually(() => world.untilReason('app', 'Applied', commit), LONG);
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
  // Only a watch tells of it.
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'b'))?.['data']).toEqual({ value: '1' }), LONG);
}, 660_000);
