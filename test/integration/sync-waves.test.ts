import { expect, test } from 'vitest';
import { CONFIG_MAPS, SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { previewSync } from '../../shared/sync/preview-sync.ts';
import { eventually } from '../support/eventually.ts';
import { loadTree } from '../support/load-tree.ts';
import { widgetDefinition } from '../support/manifests.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { deployment, writeRollout } from '../support/workloads.ts';

function inWave(name: string, wave: string, annotation = 'signet.dev/wave', data = 'value: "1"'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {${annotation}: "${wave}"}}\ndata: {${data}}\n`;
}

/** Names of ConfigMaps of the test, in the order in which the server took them. */
async function order(world: SyncWorld): Promise<string[]> {
  const { items } = await world.client.list(CONFIG_MAPS, { namespace: world.namespace });
  return items
    .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
    .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(({ metadata }) => metadata.name ?? '');
}

test('lower waves are applied first, by either annotation', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': inWave('last', '10', 'argocd.argoproj.io/sync-wave'),
    'b.yaml': inWave('first', '-5'),
    'c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: none}\n',
    'd.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: both, annotations: {signet.dev/wave: "2", argocd.argoproj.io/sync-wave: "-9"}}\n`,
  });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(await order(world)).toEqual(['first', 'none', 'both', 'last']);
});

test('a failing wave stops later waves, while the rest of it goes on; mended, all come', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': inWave('bad', '1', 'signet.dev/wave', 'value: {}'),
    'b.yaml': inWave('good', '1'),
    'c.yaml': inWave('later', '2'),
    'd.yaml': inWave('old', '0'),
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  const failed = await world.untilReason('app', 'ApplyFailed');
  expect(failed.status?.failures?.map(({ name }) => name)).toEqual(['bad']);
  expect(failed.status?.conditions?.[0]?.message).toContain('1 object of waves after 1 waits');
  expect(failed.status?.lastAppliedRevision).toBeUndefined();
  expect(await order(world)).toEqual(['old', 'good']);
  const commit = await world.repository.commit({ 'a.yaml': inWave('bad', '1'), 'd.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect(await order(world)).toEqual(['good', 'bad', 'later']);
});

test('with wait, a wave comes when the one before it is healthy, and a new commit does not wait for that', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': deployment('web', 'a:1', { 'signet.dev/wave': '1' }),
    'b.yaml': inWave('later', '2'),
  });
  await world.createGitSync('app', { wait: true, prune: true });
  await world.startEngine();
  const held = await world.untilReason('app', 'WaitingForHealth');
  expect(held.status?.conditions?.[0]?.message).toContain('1 object of waves after 1 waits');
  expect(held.status?.lastAppliedRevision).toBeUndefined();
  expect(await order(world)).toEqual([]);
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'failed');
  await world.untilReason('app', 'HealthCheckFailed');
  expect(await order(world)).toEqual([]);
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'done');
  await world.untilReason('app', 'Applied');
  expect(await order(world)).toEqual(['later']);
  await world.repository.commit({
    'a.yaml': deployment('web', 'a:2', { 'signet.dev/wave': '1' }),
    'b.yaml': inWave('later', '2', 'signet.dev/wave', 'value: "2"'),
  });
  await world.reconcile('app');
  await world.untilReason('app', 'WaitingForHealth');
  expect((await world.get(CONFIG_MAPS, 'later'))?.['data']).toEqual({ value: '1' });
  const commit = await world.repository.commit({ 'a.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect((await world.get(CONFIG_MAPS, 'later'))?.['data']).toEqual({ value: '2' });
  expect(await world.get(DEPLOYMENTS, 'web')).toBeNull();
});

test('objects of a definition come in a later wave than it', async () => {
  const world = await createSyncWorld();
  const group = `${world.namespace.slice(-8)}.waves.example.com`;
  await world.repository.commit({
    'a.yaml': widgetDefinition(group),
    'b.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: w, annotations: {signet.dev/wave: "1"}}\nspec: {size: 1}\n`,
    'c.yaml': inWave('last', '2'),
  });
  await world.createGitSync('app', { prune: true, wait: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect(engine.events.filter(({ reason }) => reason === 'ApplyFailed')).toEqual([]);
  await world.deleteGitSync('app');
});

test('pruning goes through the waves backwards, and waits for what takes its time', async () => {
  const world = await createSyncWorld();
  const held = inWave('high', '2').replace('metadata: {', 'metadata: {finalizers: [example.com/hold], ');
  await world.repository.commit({ 'a.yaml': inWave('low', '1'), 'b.yaml': held, 'c.yaml': inWave('stays', '0') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'a.yaml': null, 'b.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Pruning', commit);
  expect(await world.get(CONFIG_MAPS, 'low')).not.toBeNull();
  await world.client.mergePatch(
    CONFIG_MAPS,
    { namespace: world.namespace, name: 'high' },
    { metadata: { finalizers: null } },
  );
  await world.untilReason('app', 'Applied', commit);
  expect(await order(world)).toEqual(['stays']);
});

test('hooks and waves that are no number are named in an event, and applied like anything else', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': inWave('hook', 'PreSync', 'argocd.argoproj.io/hook'),
    'b.yaml': inWave('odd', 'soon'),
  });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  expect((await order(world)).toSorted()).toEqual(['hook', 'odd']);
  await eventually(() => {
    const told = engine.events.find(({ reason }) => reason === 'NotHonoured')?.message;
    expect(told).toContain(
      `a.yaml:1: ConfigMap ${world.namespace}/hook is applied like any other object: annotation argocd.argoproj.io/hook="PreSync" is not honoured`,
    );
    expect(told).toContain('is applied in wave 0: annotation signet.dev/wave="soon" is no whole number');
  });
});

const sealed = (name: string, item: string): string =>
  `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: ${name}}\nspec: {encryptedData: {password: ${item}}}\n`;
const consumer = (name: string, secret: string, image: string): string =>
  deployment(name, image).replace('{name: main,', `{name: main, envFrom: [{secretRef: {name: ${secret}}}],`);

/** What the unsealer would write of the present generation, once the object is there. */
async function writeUnsealed(world: SyncWorld, name: string, ready: 'True' | 'False'): Promise<void> {
  const place = { namespace: world.namespace, name };
  const object = await eventually(async () => (await world.get(SEALED_SECRETS, name)) ?? expect.fail('not there yet'));
  const at = '2030-01-01T00:00:00Z';
  const condition = { lastTransitionTime: at, lastUpdateTime: at, reason: 'Test', message: 'said so' };
  const conditions = [
    { ...condition, type: 'Ready', status: ready },
    { ...condition, type: 'Stalled', status: ready === 'True' ? 'False' : 'True' },
  ];
  const status = { observedGeneration: object.metadata.generation, conditions };
  await world.client.mergePatch(SEALED_SECRETS, place, { status }, { subresource: 'status' });
}

test('a workload comes after its SealedSecret was unsealed at the new generation, and others do not wait', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': sealed('db', 'AgBB'),
    'b.yaml': consumer('web', 'db', 'a:1'),
    'c.yaml': inWave('other', '0'),
  });
  await world.createGitSync('app');
  await world.startEngine();
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'other')).not.toBeNull());
  expect(await world.get(DEPLOYMENTS, 'web')).toBeNull();
  await writeUnsealed(world, 'db', 'True');
  await world.untilReason('app', 'Applied');
  expect(await world.get(DEPLOYMENTS, 'web')).not.toBeNull();
});

test('a workload stays as it was while its SealedSecret cannot be unsealed', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': sealed('db', 'AgBB'), 'b.yaml': consumer('web', 'db', 'a:1') });
  await world.createGitSync('app');
  await world.startEngine();
  await writeUnsealed(world, 'db', 'True');
  await world.untilReason('app', 'Applied');
  await world.repository.commit({ 'a.yaml': sealed('db', 'AgCC'), 'b.yaml': consumer('web', 'db', 'a:2') });
  const before = (await world.get(SEALED_SECRETS, 'db'))?.metadata.generation;
  const asked = world.reconcile('app');
  await eventually(async () => expect((await world.get(SEALED_SECRETS, 'db'))?.metadata.generation).not.toBe(before));
  await writeUnsealed(world, 'db', 'False');
  await asked;
  const failed = await world.untilReason('app', 'ApplyFailed');
  expect(failed.status?.failures?.map(({ name, message }) => `${name}: ${message}`)).toEqual([
    `web: is not applied with a Secret of before: SealedSecret ${world.namespace}/db is stalled: Test: said so`,
  ]);
  expect(JSON.stringify((await world.get(DEPLOYMENTS, 'web'))?.['spec'])).toContain('a:1');
  await writeUnsealed(world, 'db', 'True');
  await world.untilReason('app', 'Applied');
  expect(JSON.stringify((await world.get(DEPLOYMENTS, 'web'))?.['spec'])).toContain('a:2');
});

test('a plan goes through the waves, and names what is not honoured', async () => {
  const world = await createSyncWorld();
  const gitSync = await world.createGitSync('app');
  const files = {
    'a.yaml': inWave('last', '3'),
    'b.yaml': inWave('hook', 'PostSync', 'helm.sh/hook'),
    'c.yaml': inWave('first', '-1'),
  };
  const input = { gitSync, tree: loadTree(files), entries: [] };
  const { actions } = await previewSync({ client: world.client, digest: () => 'digest' }, input);
  expect(actions.map(({ identity, notes }) => [identity.name, notes])).toEqual([
    ['first', undefined],
    ['hook', ['is applied like any other object: annotation helm.sh/hook="PostSync" is not honoured']],
    ['last', undefined],
  ]);
});
