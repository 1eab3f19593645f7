import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { CONFIG_MAPS, GIT_SYNCS, NAMESPACES, SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSyncSpec } from '../../shared/resources/git-sync.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { eventually } from '../support/eventually.ts';
import { type CliResult, runCli, withTempFolder } from '../support/run-cli.ts';
import { startSwallowingProxy } from '../support/swallowing-proxy.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { untilMessage } from '../support/sync-waits.ts';
import { allow, inlineKubeconfig, makeAccount } from '../support/tenant-accounts.ts';

const LONG = { timeoutMs: 50_000 };
const configMap = (name: string, value = 'v'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {k: ${value}}\n`;

let plane: ControlPlane;
let other: KubeClient;

beforeAll(async () => {
  plane = await startControlPlane();
  other = createKubeClient(await loadKubeconfig({ path: plane.kubeconfigPath, env: {} }));
}, 120_000);

afterAll(async () => {
  other.close();
  await plane.stop();
});

/** A world whose namespace is in the other cluster, too. */
async function createWorld(): Promise<SyncWorld> {
  const world = await createSyncWorld('clusters');
  await other.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: world.namespace } });
  return world;
}

/** Puts a kubeconfig into a Secret beside the GitSyncs. */
async function storeKubeconfig(
  { client, namespace }: SyncWorld,
  name: string,
  text: string,
  key = 'value',
): Promise<void> {
  const metadata = { namespace, name };
  const object = { apiVersion: 'v1', kind: 'Secret', metadata, data: { [key]: Buffer.from(text).toString('base64') } };
  await client.apply(SECRETS, object, { fieldManager: 'test' });
}

function kubeconfigOf(server = plane.server, token = plane.adminToken): string {
  return inlineKubeconfig({ server, caPem: plane.caPem }, token);
}

function inOther(name = 'other'): Pick<GitSyncSpec, 'kubeConfig' | 'retryInterval'> {
  return { kubeConfig: { secretRef: { name } }, retryInterval: '1s' };
}

async function dataOf(client: KubeClient, { namespace }: SyncWorld, name: string): Promise<unknown> {
  return (await client.get(CONFIG_MAPS, { namespace, name }))?.['data'];
}

/** What `signet sync plan` says of a checkout that holds the first ConfigMap alone. */
function planOf({ namespace }: SyncWorld, name: string): Promise<CliResult> {
  return withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'one.yaml'), configMap('one'));
    return runCli(['sync', 'plan', name, '-n', namespace, '--dir', '.', '--kubeconfig', inject('kubeconfig')], { cwd });
  });
}

test('objects live in the other cluster, from sync to deletion, and the inventory here', async () => {
  const world = await createWorld();
  const { namespace } = world;
  await storeKubeconfig(world, 'other', kubeconfigOf(), 'value.yaml');
  await world.repository.commit({ 'one.yaml': configMap('one'), 'two.yaml': configMap('two') });
  await world.createGitSync('app', { prune: true, ...inOther() });
  expect(await planOf(world, 'app')).toMatchObject({ code: 1, stderr: expect.stringContaining('1 create') });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await planOf(world, 'app')).toMatchObject({ code: 1, stderr: expect.stringContaining('1 prune') });
  expect(await dataOf(other, world, 'one')).toEqual({ k: 'v' });
  expect(await dataOf(world.client, world, 'one')).toBeUndefined();
  expect((await world.inventory('app'))?.spec).toMatchObject({ cluster: plane.server, entries: [{}, {}] });
  await other.mergePatch(CONFIG_MAPS, { namespace, name: 'one' }, { data: { k: 'changed' } });
  await eventually(async () => expect(await dataOf(other, world, 'one')).toEqual({ k: 'v' }));
  await world.reconcile('app');
  const before = engine.requestCount();
  await world.reconcile('app');
  expect(engine.requestCount() - before).toBeLessThanOrEqual(5);
  await world.repository.commit({ 'two.yaml': null });
  await world.reconcile('app');
  await eventually(async () => expect(await dataOf(other, world, 'two')).toBeUndefined());
  await world.deleteGitSync('app');
  expect(await dataOf(other, world, 'one')).toBeUndefined();
});

test('an account of the other cluster is impersonated there', async () => {
  const world = await createWorld();
  const { namespace } = world;
  await makeAccount(other, namespace, 'deployer');
  await storeKubeconfig(world, 'other', kubeconfigOf());
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine();
  await world.createGitSync('app', { ...inOther(), serviceAccountName: 'deployer' });
  expect(await untilMessage(world, 'app', 'Forbidden')).toContain(`system:serviceaccount:${namespace}:deployer`);
  await allow(other, namespace, { name: 'deployer' }, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['*'] }]);
  await untilMessage(world, 'app', 'Applied');
  expect(await dataOf(other, world, 'one')).toEqual({ k: 'v' });
});

test('a kubeconfig that would run a program is refused before anything of it is used, and a mended one is taken up', async () => {
  const world = await createWorld();
  await storeKubeconfig(world, 'other', kubeconfigOf().replace('"token"', '"exec":{"command":"/bin/false"},"token"'));
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine();
  await world.createGitSync('app', inOther());
  await world.createGitSync('lost', inOther('missing'));
  const message = await untilMessage(world, 'app', 'KubeConfigInvalid');
  expect(message).toContain('exec is not allowed');
  expect(message).not.toContain(plane.adminToken);
  expect(await untilMessage(world, 'lost', 'KubeConfigInvalid')).toContain('it does not exist');
  await storeKubeconfig(world, 'other', kubeconfigOf(plane.server, 'no-token'));
  await world.reconcile('app');
  expect(await untilMessage(world, 'app', 'KubeConfigInvalid')).toContain('does not accept the credentials');
  await storeKubeconfig(world, 'other', kubeconfigOf());
  await world.reconcile('app');
  await untilMessage(world, 'app', 'Applied');
  expect(await dataOf(other, world, 'one')).toEqual({ k: 'v' });
});

test('clusters that swallow everything hold up nobody else', async () => {
  const world = await createWorld();
  const hole = await startSwallowingProxy(null);
  onTestFinished(() => hole.stop());
  await storeKubeconfig(world, 'hole', kubeconfigOf(hole.server));
  await storeKubeconfig(world, 'other', kubeconfigOf());
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine();
  const held = Array.from({ length: 12 }, (_, index) => `hole-${index}`);
  for (const name of held) await world.createGitSync(name, inOther('hole'));
  await world.createGitSync('there', inOther());
  await world.createGitSync('here', {});
  await Promise.all([world.untilReason('there', 'Applied'), world.untilReason('here', 'Applied')]);
  // They came last. Had they waited for those before them, most of these would have been given up on by now.
  const statuses = await Promise.all(held.map(async (name) => (await world.gitSync(name)).status?.conditions));
  expect(statuses.filter((conditions) => conditions !== undefined).length).toBeLessThanOrEqual(6);
  expect(await untilMessage(world, 'hole-0', 'ClusterUnreachable')).toContain('not seen since the controller started');
  await world.repository.commit({ 'one.yaml': configMap('one', 'w') });
  await world.reconcile('here');
  await world.reconcile('there');
  expect(await dataOf(other, world, 'one')).toEqual({ k: 'w' });
}, 120_000);

test('a cluster that vanishes is said to be gone, with when it was seen, and is taken up again by itself', async () => {
  const world = await createWorld();
  const { namespace } = world;
  const proxy = await startSwallowingProxy(plane.server);
  onTestFinished(() => proxy.stop());
  await storeKubeconfig(world, 'other', kubeconfigOf(proxy.server));
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine();
  await world.createGitSync('app', { prune: true, ...inOther() });
  await world.untilReason('app', 'Applied');
  proxy.swallow(true);
  const commit = await world.repository.commit({ 'one.yaml': configMap('one', 'w'), 'two.yaml': configMap('two') });
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/reconcile-requested-at': 'now' });
  expect(await untilMessage(world, 'app', 'ClusterUnreachable')).toMatch(
    new RegExp(`^cluster ${proxy.server} does not answer \\(last seen \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z\\)`),
  );
  await other.mergePatch(CONFIG_MAPS, { namespace, name: 'one' }, { data: { k: 'changed' } });
  proxy.swallow(false);
  await eventually(() => world.untilReason('app', 'Applied', commit), LONG);
  expect(await dataOf(other, world, 'one')).toEqual({ k: 'w' });
  expect(await dataOf(other, world, 'two')).toEqual({ k: 'v' });
}, 120_000);

test('a GitSync with objects does not move to another cluster, unless it is told to leave them', async () => {
  const world = await createWorld();
  await storeKubeconfig(world, 'other', kubeconfigOf());
  await world.repository.commit({ 'one.yaml': configMap('one') });
  const engine = await world.startEngine();
  await world.createGitSync('app', { prune: true });
  await world.untilReason('app', 'Applied');
  await world.patchSpec('app', inOther());
  const message = await untilMessage(world, 'app', 'ClusterChanged');
  expect(message).toContain('this GitSync has 1 object in cluster in-cluster');
  expect(await dataOf(other, world, 'one')).toBeUndefined();
  expect(await dataOf(world.client, world, 'one')).toEqual({ k: 'v' });
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/leave-cluster': 'in-cluster' });
  await untilMessage(world, 'app', 'Applied');
  expect(await dataOf(other, world, 'one')).toEqual({ k: 'v' });
  expect(await dataOf(world.client, world, 'one')).toEqual({ k: 'v' });
  expect((await world.inventory('app'))?.spec).toMatchObject({ cluster: plane.server, entries: [{ name: 'one' }] });
  expect(engine.events).toContainEqual(expect.objectContaining({ reason: 'LeftBehind' }));
  await world.deleteGitSync('app');
  expect(await dataOf(other, world, 'one')).toBeUndefined();
  expect(await dataOf(world.client, world, 'one')).toEqual({ k: 'v' });
});
