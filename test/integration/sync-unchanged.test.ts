import { expect, test } from 'vitest';
import { CONFIG_MAPS, SERVICES } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMaps } from '../support/manifests.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "example.com/web:1"}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

/** Made by the cluster itself, some time after the namespace. */
const OF_CLUSTER = 'kube-root-ca.crt';

async function versions(world: SyncWorld): Promise<Record<string, string | undefined>> {
  const deployments = await world.client.findType('apps/v1', 'Deployment');
  const lists = [CONFIG_MAPS, SERVICES, deployments!].map((type) =>
    world.client.list(type, { namespace: world.namespace }),
  );
  const items = (await Promise.all(lists)).flatMap((list) =>
    list.items.filter(({ metadata }) => metadata.name !== OF_CLUSTER),
  );
  const inventory = await world.inventory('app');
  const objects = [...items, inventory!, await world.gitSync('app')];
  return Object.fromEntries(
    objects.map(({ kind, metadata }) => [`${kind}/${metadata.name}`, metadata.resourceVersion]),
  );
}

test('a sync of what is in place writes nothing and costs at most five requests', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'all.yaml': configMaps(20), 'web.yaml': DEPLOYMENT });
  await world.createGitSync('app', { prune: true, interval: '1s' });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const before = await versions(world);
  const requests = engine.requestCount();
  const synced = () => engine.logs.filter((line) => line.includes('nothing to sync')).length;
  const seen = synced();
  await eventually(() => expect(synced()).toBeGreaterThanOrEqual(seen + 2));
  expect(engine.requestCount() - requests).toBeLessThanOrEqual((synced() - seen) * 5);
  expect(await versions(world)).toEqual(before);
});

test('a restarted engine takes up where the last one ended, without a write', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'all.yaml': configMaps(20), 'web.yaml': DEPLOYMENT });
  await world.createGitSync('app', { prune: true });
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  const before = await versions(world);
  await first.stop();
  const second = await world.startEngine();
  await eventually(() => expect(second.logs.join('\n')).toContain('nothing to sync'));
  expect(await versions(world)).toEqual(before);
  expect(second.events).toEqual([]);
});

test('what is known of many objects is stored after the status says that they are in place', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({ 'all.yaml': configMaps(250) });
  await world.createGitSync('app', { prune: true });
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  await eventually(async () => {
    const entries = (await world.inventory('app'))?.spec.entries ?? [];
    expect(entries.filter(({ state, digest }) => state === 'applied' && digest !== undefined)).toHaveLength(250);
  });
  const before = await versions(world);
  await first.stop();
  const second = await world.startEngine();
  await eventually(() => expect(second.logs.join('\n')).toContain('nothing to sync'));
  expect(await versions(world)).toEqual(before);
});

test('after a restart, statuses that others write cost no request', async () => {
  const world = await createSyncWorld();
  const names = ['web', 'web-1', 'web-2', 'web-3', 'web-4', 'web-5'];
  const manifests = names.map((name) => DEPLOYMENT.replaceAll('name: web}', `name: ${name}}`));
  await world.repository.commit(Object.fromEntries(manifests.map((text, index) => [`${index}.yaml`, text])));
  await world.createGitSync('app');
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await first.stop();
  const second = await world.startEngine();
  await eventually(() => expect(second.logs.join('\n')).toContain('nothing to sync'));
  const requests = second.requestCount();
  const type = (await world.client.findType('apps/v1', 'Deployment'))!;
  const [edited = '', ...others] = names;
  for (const name of others) {
    const patch = { status: { observedGeneration: 1, conditions: [] } };
    await world.client.mergePatch(type, { namespace: world.namespace, name }, patch, { subresource: 'status' });
  }
  const reference = { namespace: world.namespace, name: edited };
  await world.client.mergePatch(type, reference, { spec: { replicas: 1 } }, { fieldManager: 'meddler' });
  // The watch tells of changes in their order: what came before was looked at by then.
  await eventually(async () => expect(await world.get(type, edited)).toMatchObject({ spec: { replicas: 0 } }));
  await eventually(() => expect(second.events.map(({ reason }) => reason)).toEqual(['DriftRepaired']));
  expect(second.requestCount() - requests).toBeLessThan(others.length);
});

test('what the engine writes itself makes it look no second time', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'all.yaml': configMaps(3) });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const looks = () => engine.logs.filter((line) => /synced|nothing to sync/.test(line)).length;
  for (const round of [2, 3, 4]) {
    await world.reconcile('app');
    await eventually(() => expect(looks()).toBeGreaterThanOrEqual(round));
  }
  expect(looks()).toBe(4);
});
