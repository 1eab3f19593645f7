import { expect, test } from 'vitest';
import { CONFIG_MAPS, SERVICES } from '../../shared/kube/resource-type.ts';
import { conditionOf } from '../../shared/resources/conditions.ts';
import { edit, liveValue } from '../support/edited-config-map.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld, type RunningEngine, type SyncWorld } from '../support/sync-engine.ts';

async function driftedOf(world: SyncWorld): Promise<readonly string[]> {
  const { status } = await world.gitSync('app');
  return (status?.drifted ?? []).map(({ name, state, message }) => `${name} ${state}: ${message}`);
}

function told(engine: RunningEngine, reason: string): string[] {
  return engine.events.filter((event) => event.reason === reason).map(({ message }) => message);
}

test('drift that is to be reported is named with field and author, stays, and goes away when Git changes the object', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { drift: 'Report' });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await edit(world, 'a', 'secret-looking');
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'b' });
  await eventually(async () =>
    expect(await driftedOf(world)).toEqual([
      'a Reported: was changed: /data/value by meddler',
      'b Reported: was deleted',
    ]),
  );
  const reported = await world.gitSync('app');
  expect(conditionOf(reported, 'Ready')).toMatchObject({ status: 'True' });
  expect(conditionOf(reported, 'Drifted')).toMatchObject({ status: 'True', reason: 'DriftReported' });
  expect(JSON.stringify(reported.status)).not.toContain('secret-looking');
  expect(told(engine, 'DriftReported')).toContain(`ConfigMap ${world.namespace}/a was changed: /data/value by meddler`);
  await world.reconcile('app');
  expect([await liveValue(world, 'a'), await world.get(CONFIG_MAPS, 'b')]).toEqual(['secret-looking', null]);
  await world.repository.commit({ 'a.yaml': configMap('a', '2') });
  await world.reconcile('app');
  expect(await liveValue(world, 'a')).toBe('2');
  await eventually(async () => expect(await driftedOf(world)).toEqual(['b Reported: was deleted']));
  await world.patchSpec('app', { drift: 'Repair' });
  await eventually(async () => expect(await liveValue(world, 'b')).toBe('1'));
  await eventually(async () => {
    const settled = await world.gitSync('app');
    expect([settled.status?.drifted ?? null, conditionOf(settled, 'Drifted')]).toEqual([null, undefined]);
  });
});

test('drift that its author takes back is no longer reported', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { drift: 'Report' });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await edit(world, 'a', 'bad');
  await eventually(async () => expect(await driftedOf(world)).toHaveLength(1));
  await edit(world, 'a', '1');
  await eventually(async () => expect(await driftedOf(world)).toEqual([]));
});

test('a restart still knows what drifted, and since when', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { drift: 'Report' });
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await edit(world, 'a', 'bad');
  await eventually(async () => expect(await driftedOf(world)).toHaveLength(1));
  await first.stop();
  const before = await world.gitSync('app');
  await world.startEngine();
  await world.reconcile('app');
  expect((await world.gitSync('app')).status?.drifted).toEqual(before.status?.drifted);
  expect(await liveValue(world, 'a')).toBe('bad');
});

test("an object's own annotation wins over the GitSync, and ignored drift is neither told nor undone", async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'report.yaml': configMap('report', '1', { 'signet.dev/drift': 'report' }),
    'ignore.yaml': configMap('ignore', '1', { 'signet.dev/drift': 'ignore' }),
    'repair.yaml': configMap('repair', '1'),
  });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  for (const name of ['ignore', 'report', 'repair']) await edit(world, name, 'bad');
  await eventually(async () => expect(await liveValue(world, 'repair')).toBe('1'));
  await eventually(async () =>
    expect(await driftedOf(world)).toEqual(['report Reported: was changed: /data/value by meddler']),
  );
  await world.reconcile('app');
  expect([await liveValue(world, 'report'), await liveValue(world, 'ignore')]).toEqual(['bad', 'bad']);
  expect(told(engine, 'DriftRepaired')).toHaveLength(1);
  await world.repository.commit({ 'ignore.yaml': configMap('ignore', '2', { 'signet.dev/drift': 'ignore' }) });
  await world.reconcile('app');
  expect([await liveValue(world, 'report'), await liveValue(world, 'ignore')]).toEqual(['bad', '2']);
});

test('a fight with another writer is named with its field, and over when the other one stops', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    's.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n',
  });
  await world.createGitSync('app');
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const reference = { namespace: world.namespace, name: 's' };
  // Six rounds are enough, unless the machine takes so long for them that nobody would call it a fight.
  for (let round = 0; told(engine, 'DriftContested').length === 0; round += 1) {
    const change = { spec: { selector: { app: `other-${round}` } } };
    await world.client.mergePatch(SERVICES, reference, change, { fieldManager: 'rival' });
    await eventually(() =>
      expect([...told(engine, 'DriftRepaired'), ...told(engine, 'DriftContested')]).toHaveLength(round + 1),
    );
  }
  expect(told(engine, 'DriftRepaired').length).toBeGreaterThanOrEqual(5);
  const fight =
    /^s Contested: is changed back again and again: \/spec\/selector\/app by rival: it was put right \d+ times/;
  await eventually(async () => expect(await driftedOf(world)).toEqual([expect.stringMatching(fight)]));
  expect(conditionOf(await world.gitSync('app'), 'Drifted')).toMatchObject({ reason: 'DriftContested' });
  await eventually(
    async () => {
      expect((await world.get(SERVICES, 's'))?.['spec']).toMatchObject({ selector: { app: 'web' } });
      const settled = await world.gitSync('app');
      expect([settled.status?.drifted ?? null, conditionOf(settled, 'Drifted')]).toEqual([null, undefined]);
    },
    { timeoutMs: 90_000 },
  );
}, 180_000);
