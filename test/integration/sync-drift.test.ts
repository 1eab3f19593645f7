import { expect, test } from 'vitest';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, SERVICES } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, configMaps, widgetDefinition } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

test('a foreign edit is undone, and the event names its author', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const reference = { namespace: world.namespace, name: 'a' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { value: 'bad' } }, { fieldManager: 'meddler' });
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '1' }));
  await eventually(() =>
    expect(engine.events.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
      `DriftRepaired: repaired ConfigMap ${world.namespace}/a: it had been changed by meddler`,
    ),
  );
});

test('a foreign deletion is undone', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
  await eventually(() =>
    expect(engine.events.map(({ reason, message }) => `${reason}: ${message}`)).toContain(
      `DriftRepaired: repaired ConfigMap ${world.namespace}/a: it had been deleted`,
    ),
  );
});

test('a change of the status alone is left alone, and the next sync still sends nothing', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'p.yaml':
      'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: p}\nspec: {minAvailable: 1, selector: {matchLabels: {app: web}}}\n',
  });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const type = await world.client.findType('policy/v1', 'PodDisruptionBudget');
  const reference = { namespace: world.namespace, name: 'p' };
  const status = { currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1, expectedPods: 2 };
  await world.client.mergePatch(type!, reference, { status }, { subresource: 'status' });
  const requests = engine.requestCount();
  await world.reconcile('app');
  // The acknowledgement of the request is the only thing that was sent.
  expect(engine.requestCount() - requests).toBe(1);
  expect(engine.events.filter(({ reason }) => reason === 'DriftRepaired')).toEqual([]);
});

test('fields and status that Git does not name are left to whoever set them, at no cost', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    's.yaml':
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}\n',
  });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const reference = { namespace: world.namespace, name: 's' };
  const requests = engine.requestCount();
  await world.client.mergePatch(CONFIG_MAPS, { namespace: world.namespace, name: 'a' }, { data: { other: 'x' } });
  await world.annotate(SERVICES, 's', { 'example.com/note': 'mine' });
  const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
  await world.client.mergePatch(SERVICES, reference, { status }, { subresource: 'status' });
  await world.reconcile('app');
  // The acknowledgement of the request is the only thing that was sent.
  expect(engine.requestCount() - requests).toBe(1);
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '1', other: 'x' });
  expect((await world.get(SERVICES, 's'))?.metadata.annotations).toMatchObject({ 'example.com/note': 'mine' });
  expect(engine.events.filter(({ reason }) => reason === 'DriftRepaired')).toEqual([]);
});

test('changes of others while no engine runs are told apart by what they touched', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app');
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await first.stop();
  await world.client.mergePatch(CONFIG_MAPS, { namespace: world.namespace, name: 'a' }, { data: { other: 'x' } });
  const other = { namespace: world.namespace, name: 'b' };
  await world.client.mergePatch(CONFIG_MAPS, other, { data: { value: 'bad' } }, { fieldManager: 'meddler' });
  const untouched = await world.get(CONFIG_MAPS, 'a');
  const second = await world.startEngine();
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'b'))?.['data']).toEqual({ value: '1' }));
  await world.reconcile('app');
  expect((await world.get(CONFIG_MAPS, 'a'))?.metadata.resourceVersion).toBe(untouched?.metadata.resourceVersion);
  expect(second.events.map(({ message }) => message)).toContain(
    `repaired ConfigMap ${world.namespace}/b: it had been changed by meddler`,
  );
});

test('an owner annotation that names a GitSync which does not own the object is put right', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'one/a.yaml': configMap('a', '1'), 'two/b.yaml': configMap('b', '1') });
  await world.startEngine();
  await world.createGitSync('one', { source: { url: world.repository.url, path: 'one' } });
  await world.createGitSync('two', { source: { url: world.repository.url, path: 'two' } });
  await world.untilReason('one', 'Applied');
  await world.untilReason('two', 'Applied');
  await world.annotate(CONFIG_MAPS, 'a', { 'signet.dev/git-sync': `${world.namespace}/two` });
  await eventually(async () =>
    expect((await world.get(CONFIG_MAPS, 'a'))?.metadata.annotations).toEqual({
      'signet.dev/git-sync': `${world.namespace}/one`,
    }),
  );
});

test('an object that another writer keeps changing back is repaired more slowly, and an event says so', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    's.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n',
  });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const reference = { namespace: world.namespace, name: 's' };
  const drifts = () => engine.events.map(({ reason }) => reason).filter((reason) => reason.startsWith('Drift'));
  let round = 0;
  // How many rounds it takes depends on how many repairs ten seconds have time for.
  for (const endMs = Date.now() + 60_000; !drifts().includes('DriftContested') && Date.now() < endMs; round += 1) {
    await world.client.mergePatch(SERVICES, reference, { spec: { selector: { app: `other-${round}` } } });
    await eventually(() => expect(drifts()).toHaveLength(round + 1));
  }
  expect(round).toBeGreaterThan(5);
  expect(drifts()).toEqual([...Array.from({ length: round - 1 }, () => 'DriftRepaired'), 'DriftContested']);
  expect((await world.get(SERVICES, 's'))?.['spec']).toMatchObject({ selector: { app: `other-${round - 1}` } });
});

test('a suspended GitSync repairs and applies nothing until it is resumed', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app');
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.patchSpec('app', { suspend: true });
  await eventually(async () => {
    const conditions = (await world.gitSync('app')).status?.conditions ?? [];
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Ready True Applied',
      'Reconciling False Suspended',
      'Stalled False Suspended',
    ]);
  });
  const reference = { namespace: world.namespace, name: 'a' };
  await world.client.mergePatch(CONFIG_MAPS, reference, { data: { value: 'mine' } });
  const commit = await world.repository.commit({ 'b.yaml': configMap('b', '1') });
  await world.reconcile('app');
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: 'mine' });
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  await world.patchSpec('app', { suspend: false });
  await world.untilReason('app', 'Applied', commit);
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '1' });
});

test('a namespace that somebody deletes comes back with everything in it', async () => {
  const world = await createSyncWorld();
  const name = `lost-${world.namespace.slice(-8)}`;
  await world.repository.commit({
    'n.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`,
    'all.yaml': configMaps(5),
  });
  await world.createGitSync('app', { targetNamespace: name, prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const before = await world.get(NAMESPACES, name);
  await world.client.delete(NAMESPACES, { name });
  await eventually(
    async () => {
      expect((await world.get(NAMESPACES, name))?.metadata.uid).not.toBe(before?.metadata.uid);
      expect(await world.get(CONFIG_MAPS, 'object-4', name)).not.toBeNull();
      const { status } = await world.gitSync('app');
      expect(status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True' });
    },
    { timeoutMs: 90_000 },
  );
  await world.deleteGitSync('app');
});

test('a definition that somebody deletes comes back with its objects', async () => {
  const world = await createSyncWorld();
  const group = `d${world.namespace.slice(-8)}.example.com`;
  await world.repository.commit({
    'crd.yaml': widgetDefinition(group),
    'one.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: one}\nspec: {size: 1}\n`,
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const type = (await world.client.findType(`${group}/v1`, 'Widget'))!;
  const before = await world.get(type, 'one');
  await world.client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `widgets.${group}` });
  await eventually(
    async () => {
      const now = await world.get(type, 'one');
      expect(now).not.toBeNull();
      expect(now?.metadata.uid).not.toBe(before?.metadata.uid);
      expect((await world.gitSync('app')).status?.conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True' });
    },
    { timeoutMs: 90_000 },
  );
  await world.deleteGitSync('app');
  expect(await world.get(CUSTOM_RESOURCE_DEFINITIONS, `widgets.${group}`)).toBeNull();
});
