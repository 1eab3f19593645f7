import { expect, test } from 'vitest';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { deployment, writeRollout } from '../support/workloads.ts';

async function createWorld(): Promise<SyncWorld> {
  const world = await createSyncWorld();
  await world.repository.commit({ 'platform/web.yaml': deployment('web'), 'app/a.yaml': configMap('a', '1') });
  return world;
}

function source(world: SyncWorld, path: string) {
  return { url: world.repository.url, path };
}

test('a GitSync is applied once the one that it depends on is Ready, and at once', async () => {
  const world = await createWorld();
  await world.createGitSync('app', { source: source(world, 'app'), dependsOn: [{ name: 'platform' }] });
  await world.startEngine();
  const missing = await world.untilReason('app', 'DependencyNotFound');
  expect(missing.status?.conditions?.[0]?.message).toContain('do not exist: platform');
  expect(missing.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  await world.createGitSync('platform', { source: source(world, 'platform'), wait: true });
  const waiting = await world.untilReason('app', 'DependencyNotReady');
  expect(waiting.status?.conditions?.[0]?.message).toBe('waits until these GitSyncs are Ready: platform');
  expect(waiting.status?.conditions?.find(({ type }) => type === 'Reconciling')?.status).toBe('True');
  await world.untilReason('platform', 'WaitingForHealth');
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'done');
  await world.untilReason('platform', 'Applied');
  // The interval is ten minutes: nothing but the other's status can have woken it.
  await world.untilReason('app', 'Applied');
  expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull();
});

test('what is in place is kept there, whatever becomes of the dependency; a new commit waits', async () => {
  const world = await createWorld();
  await world.createGitSync('platform', { source: source(world, 'platform'), wait: true });
  await world.createGitSync('app', { source: source(world, 'app'), dependsOn: [{ name: 'platform' }] });
  await world.startEngine();
  await world.untilReason('platform', 'WaitingForHealth');
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'done');
  await world.untilReason('app', 'Applied');
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'failed');
  await world.untilReason('platform', 'HealthCheckFailed');
  await world.reconcile('app');
  expect((await world.gitSync('app')).status?.conditions?.[0]?.reason).toBe('Applied');
  const commit = await world.repository.commit({ 'app/a.yaml': configMap('a', '2') });
  await world.reconcile('app');
  await world.untilReason('app', 'DependencyNotReady', commit);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await eventually(async () => expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '1' }));
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'done');
  await world.untilReason('app', 'Applied', commit);
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
});

test('a cycle is named in every GitSync of it, and goes when it is broken', async () => {
  const world = await createWorld();
  for (const [name, other] of [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'a'],
  ] as const) {
    await world.createGitSync(name, { source: source(world, 'app'), dependsOn: [{ name: other }] });
  }
  await world.startEngine();
  for (const [name, path] of [
    ['a', 'a → b → c → a'],
    ['b', 'b → c → a → b'],
    ['c', 'c → a → b → c'],
  ] as const) {
    const stalled = await world.untilReason(name, 'DependencyCycle');
    expect(stalled.status?.conditions?.[0]?.message).toBe(`spec.dependsOn leads back to where it starts: ${path}`);
    expect(stalled.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  }
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
  await world.patchSpec('c', { dependsOn: [] });
  await world.untilReason('c', 'Applied');
  // The three apply one object: that two of them are in conflict is what shows that they went on.
  await world.untilReason('b', 'ApplyFailed');
});

test('a GitSync that depends on itself, or on one of another namespace, is refused', async () => {
  const world = await createWorld();
  await world.createGitSync('self', { source: source(world, 'app'), dependsOn: [{ name: 'self' }] });
  await world.createGitSync('foreign', {
    source: source(world, 'app'),
    dependsOn: [{ name: 'platform', namespace: 'elsewhere' }],
  });
  await world.startEngine();
  await world.untilReason('self', 'DependencyCycle');
  const refused = await world.untilReason('foreign', 'SpecInvalid');
  expect(refused.status?.conditions?.[0]?.message).toContain('names elsewhere/platform');
});

test('a restart waits for nothing that was in place', async () => {
  const world = await createWorld();
  await world.createGitSync('platform', { source: source(world, 'platform'), wait: true });
  await world.createGitSync('app', { source: source(world, 'app'), dependsOn: [{ name: 'platform' }] });
  const first = await world.startEngine();
  await world.untilReason('platform', 'WaitingForHealth');
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'done');
  await world.untilReason('app', 'Applied');
  await writeRollout(world.client, { namespace: world.namespace, name: 'web' }, 'hanging');
  await world.untilReason('platform', 'WaitingForHealth');
  await first.stop();
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await world.startEngine();
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
  await world.reconcile('app');
  expect((await world.gitSync('app')).status?.conditions?.[0]?.reason).toBe('Applied');
});
