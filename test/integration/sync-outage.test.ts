import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, GIT_SYNCS, NAMESPACES } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { eventually } from '../support/eventually.ts';
import { GitTestRepository } from '../support/git-repository.ts';
import { configMap } from '../support/manifests.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

/** Long enough for every wait between two tries to have grown to its limit, or nearly so. */
const AWAY_MS = 60_000;
const LONG = { timeoutMs: 60_000 };
const NS = 'shop';

let cluster: SignetCluster;
let client: KubeClient;

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
});

afterAll(async () => {
  await cluster?.stop();
});

async function createGitSync(name: string, url: string, interval: string): Promise<void> {
  await client.create(GIT_SYNCS, {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: NS, name },
    spec: { source: { url, path: name }, interval, prune: true },
  });
}

async function assertApplied(name: string, commit: string): Promise<void> {
  const { status } = (await client.get(GIT_SYNCS, { namespace: NS, name })) as GitSync;
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  const isApplied = ready?.status === 'True' && status?.lastAppliedRevision?.endsWith(commit) === true;
  if (!isApplied) throw new Error(JSON.stringify(status, null, 1));
}

async function dataOf(name: string): Promise<unknown> {
  return (await client.get(CONFIG_MAPS, { namespace: NS, name }))?.['data'];
}

test('an API server that is away for a minute and restarts is found again, and what was to be done meanwhile is done', async () => {
  const { apiServer } = cluster.controlPlane;
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } });
  const served = await cluster.git.createRepository('shop');
  const repository = new GitTestRepository(served.folder);
  const files = { 'often/a.yaml': configMap('a', '1'), 'often/b.yaml': configMap('b', '1') };
  const first = await repository.commit({ ...files, 'seldom/c.yaml': configMap('c', '1') });
  await createGitSync('often', served.url, '2s');
  await createGitSync('seldom', served.url, '1h');
  const controller = await cluster.startController({ flags: ['--key-size', '2048'] });
  await eventually(() => assertApplied('often', first), LONG);
  await eventually(() => assertApplied('seldom', first), LONG);

  await apiServer.stop();
  const commit = await repository.commit({ 'often/a.yaml': configMap('a', '2'), 'often/b.yaml': null });
  await delay(AWAY_MS);
  expect((await fetch(`${controller.url}/healthz`)).status).toBe(200);
  expect(await readFile(cluster.controllerLog, 'utf8')).toMatch(
    /cannot reach the API server .*the connection was refused/,
  );
  await apiServer.start();

  await eventually(() => assertApplied('often', commit), LONG);
  expect(await dataOf('a')).toEqual({ value: '2' });
  expect(await dataOf('b')).toBeUndefined();
  // Its watches are begun anew, too, without any look at the source.
  await client.delete(CONFIG_MAPS, { namespace: NS, name: 'c' });
  await eventually(async () => expect(await dataOf('c')).toEqual({ value: '1' }), LONG);
  await controller.ready();
}, 240_000);
