import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, GIT_SYNCS, NAMESPACES } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { CLAIM, configMap, configMaps, widgetDefinition } from '../support/manifests.ts';
import { CLAIMS } from '../support/resource-types.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { reconcileUntil } from '../support/sync-waits.ts';

function namespaceFile(name: string): string {
  return `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
}

/** A cluster-wide name that no other test has. */
function uniqueName(word: string): string {
  return `${word}-${randomBytes(4).toString('hex')}`;
}

async function countMaps({ client, namespace }: SyncWorld): Promise<number> {
  const { items } = await client.list(CONFIG_MAPS, { namespace });
  return items.filter(({ metadata }) => metadata.name?.startsWith('object-')).length;
}

test('a commit that would delete most of the inventory is refused before its first write, also after a restart, and what was applied stays enforced', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(12) });
  await world.createGitSync('app', { prune: true });
  const first = await world.startEngine();
  const before = await world.untilReason('app', 'Applied');
  await world.repository.commit({ 'all.yaml': configMaps(5), 'new.yaml': configMap('new', '1') });
  await world.reconcile('app');
  const refused = await world.untilReason('app', 'TooManyDeletions');
  const message = refused.status?.conditions?.[0]?.message;
  expect(message).toContain('would delete 7 of the 12 objects of the inventory (ConfigMap');
  expect(message).toContain(`signet sync approve app -n ${world.namespace} --plan ${refused.status?.approval?.digest}`);
  expect(refused.status?.lastAppliedRevision).toBe(before.status?.lastAppliedRevision);
  expect(refused.status?.approval?.items).toHaveLength(7);
  expect(await countMaps(world)).toBe(12);
  expect(await world.get(CONFIG_MAPS, 'new')).toBeNull();

  await first.stop();
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'object-0' });
  await world.startEngine();
  await eventually(async () => expect(await countMaps(world)).toBe(12));
  expect((await world.untilReason('app', 'TooManyDeletions')).status?.inventory?.objects).toBe(12);

  await world.patchSpec('app', { guard: { maxDeletions: 7 } });
  const applied = await world.untilReason('app', 'Applied');
  expect(applied.status?.approval).toBeUndefined();
  expect(await countMaps(world)).toBe(5);
});

test('what is gone already or kept by its annotation, be it of Flux or Argo CD, is no deletion', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(6) });
  await world.createGitSync('app', { prune: true, guard: { maxDeletions: '40%' } });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.patchSpec('app', { suspend: true });
  await world.untilReason('app', 'Applied');
  await world.annotate(CONFIG_MAPS, 'object-5', { 'argocd.argoproj.io/sync-options': 'Validate=false, Prune=false' });
  await world.annotate(CONFIG_MAPS, 'object-4', { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'object-3' });
  const commit = await world.repository.commit({ 'all.yaml': configMaps(1) });
  await world.patchSpec('app', { suspend: false });
  await reconcileUntil(world, 'app', 'Applied', commit);
  const left = (await world.client.list(CONFIG_MAPS, { namespace: world.namespace })).items.map(
    (one) => one.metadata.name,
  );
  expect(left.filter((name) => name?.startsWith('object-'))).toEqual(['object-0', 'object-4', 'object-5']);
});

test('the API server takes a count or a share for maxDeletions, and nothing else', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(1) });
  for (const [index, maxDeletions] of [0, 7, '7', '50%', '100%'].entries()) {
    await world.createGitSync(`good-${index}`, { guard: { maxDeletions } });
  }
  for (const maxDeletions of ['101%', '-1', -1, 'half', '', '5 %']) {
    const created = world.createGitSync('bad', { guard: { maxDeletions } });
    await expect(created, String(maxDeletions)).rejects.toMatchObject({ code: 'KUBE_INVALID' });
  }
});

test('a claim, a namespace with foreign content and a definition with instances are kept and reported while the rest goes on', async () => {
  const world = await createSyncWorld();
  const namespace = uniqueName('held');
  const group = `${uniqueName('held')}.example.com`;
  await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    'b.yaml': configMap('b', '1'),
    'claim.yaml': CLAIM,
    'namespace.yaml': namespaceFile(namespace),
    'definition.yaml': widgetDefinition(group),
  });
  onTestFinished(async () => {
    await world.client.delete(NAMESPACES, { name: namespace });
    await world.client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `widgets.${group}` });
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const own = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'somebody-elses' } };
  await world.client.create(CONFIG_MAPS, own);
  const widgets = { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  const widget = { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { namespace: world.namespace, name: 'one' } };
  await eventually(() => world.client.create(widgets, widget));

  const commit = await world.repository.commit({
    'a.yaml': configMap('a', '2'),
    'b.yaml': null,
    'claim.yaml': null,
    'namespace.yaml': null,
    'definition.yaml': null,
  });
  await world.reconcile('app');
  const held = await world.untilReason('app', 'ApprovalNeeded', commit);
  expect(held.status?.lastAppliedRevision).toContain(commit);
  expect(held.status?.approval?.items.map(({ action, kind, reason }) => [action, kind, reason])).toEqual(
    expect.arrayContaining([
      ['Delete', 'Namespace', `it holds ConfigMap ${namespace}/somebody-elses, which would go with it`],
      ['Delete', 'CustomResourceDefinition', `there are Widget ${world.namespace}/one, which would go with it`],
      ['Delete', 'PersistentVolumeClaim', 'data may be lost with it'],
    ]),
  );
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  expect(await world.get(CLAIMS, 'data')).not.toBeNull();
  expect((await world.get(NAMESPACES, namespace))?.metadata.deletionTimestamp).toBeUndefined();

  // Three ways on: gone content, an annotation, and back in Git.
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'somebody-elses' });
  await world.annotate(CLAIMS, 'data', { 'signet.dev/prune': 'disabled' });
  const back = await world.repository.commit({ 'definition.yaml': widgetDefinition(group) });
  await reconcileUntil(world, 'app', 'Applied', back);
  expect(await world.get(CLAIMS, 'data')).not.toBeNull();
  await eventually(async () => expect(await world.get(NAMESPACES, namespace)).toBeNull());
});

test('what fills a namespace after its end was looked at wants an approval of its own', async () => {
  const world = await createSyncWorld();
  const namespace = uniqueName('filled');
  await world.repository.commit({ 'namespace.yaml': namespaceFile(namespace), 'a.yaml': configMap('a', '1') });
  onTestFinished(async () => {
    await world.client.delete(NAMESPACES, { name: namespace });
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const fill = (name: string) =>
    world.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } });
  await fill('first');
  const commit = await world.repository.commit({ 'namespace.yaml': null });
  await world.reconcile('app');
  const shown = (await world.untilReason('app', 'ApprovalNeeded', commit)).status?.approval?.digest ?? '';
  await fill('second');
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/approve': shown });
  const { status } = await world.reconcile('app');
  expect(status?.approval?.items.map(({ reason }) => reason)).toEqual([
    `it holds ConfigMap ${namespace}/first, ConfigMap ${namespace}/second, which would go with it`,
  ]);
  expect(status?.approval?.digest).not.toBe(shown);
  expect((await world.get(NAMESPACES, namespace))?.metadata.deletionTimestamp).toBeUndefined();
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/approve': status?.approval?.digest ?? '' });
  await eventually(async () => {
    const left = await world.get(NAMESPACES, namespace);
    expect(left === null || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });
});

test('a namespace with a claim of the same GitSync goes only once both were approved', async () => {
  const world = await createSyncWorld();
  const namespace = uniqueName('claimed');
  const inside = CLAIM.replace('{name: data}', `{name: data, namespace: ${namespace}}`);
  await world.repository.commit({
    'keep.yaml': configMap('keep', '1'),
    'all.yaml': `${namespaceFile(namespace)}---\n${inside}`,
  });
  onTestFinished(async () => {
    await world.client.delete(NAMESPACES, { name: namespace });
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'all.yaml': null });
  await world.reconcile('app');
  const { approval } = (await world.untilReason('app', 'ApprovalNeeded', commit)).status ?? {};
  expect(approval?.items.map(({ kind, reason }) => [kind, reason])).toEqual(
    expect.arrayContaining([
      ['Namespace', `it holds PersistentVolumeClaim ${namespace}/data, which would go with it`],
      ['PersistentVolumeClaim', 'data may be lost with it'],
    ]),
  );
  expect((await world.get(CLAIMS, 'data', namespace))?.metadata.deletionTimestamp).toBeUndefined();
  expect((await world.get(NAMESPACES, namespace))?.metadata.deletionTimestamp).toBeUndefined();
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/approve': approval?.digest ?? '' });
  await eventually(async () => {
    const left = await world.get(NAMESPACES, namespace);
    expect(left === null || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });
});

test('a namespace whose whole content is pruned with it needs nobody, and a deleted GitSync lets a claim go', async () => {
  const world = await createSyncWorld();
  const namespace = uniqueName('whole');
  const inside = configMap('inside', '1').replace('{name: inside}', `{name: inside, namespace: ${namespace}}`);
  await world.repository.commit({ 'keep.yaml': CLAIM, 'all.yaml': `${namespaceFile(namespace)}---\n${inside}` });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'all.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  await eventually(async () => expect(await world.get(NAMESPACES, namespace)).toBeNull());
  await world.deleteGitSync('app');
  const left = await world.get(CLAIMS, 'data');
  expect(left?.metadata.deletionTimestamp).toBeUndefined();
  expect(left?.metadata.annotations?.['signet.dev/git-sync']).toBeUndefined();
});
