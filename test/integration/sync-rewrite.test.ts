import { expect, test } from 'vitest';
import { CONFIG_MAPS, GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

async function dataOf(world: SyncWorld, name: string): Promise<unknown> {
  const object = await world.get(CONFIG_MAPS, name);
  return (object as { data?: Record<string, string> } | null)?.data;
}

test('a branch that was rewritten is held, with both commits named, and what was applied stays enforced', async () => {
  const world = await createSyncWorld();
  const applied = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true, source: { url: world.repository.url, ref: { branch: 'main' } } });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', applied);
  const before = await dataOf(world, 'a');
  const rewritten = await world.repository.commit({ 'a.yaml': configMap('a', '2') }, { isOrphan: true });
  await world.reconcile('app');
  const held = await world.untilReason('app', 'HistoryRewritten', rewritten);
  const ready = held.status?.conditions?.find(({ type }) => type === 'Ready');
  expect(ready).toMatchObject({ status: 'False', message: expect.stringContaining(applied) });
  expect(ready?.message).toContain(`signet.dev/accept-rewrite=${rewritten}`);
  expect(held.status?.lastAppliedRevision).toBe(`main@sha1:${applied}`);
  const events = () => engine.events.filter(({ reason }) => reason === 'HistoryRewritten');
  const warning = { type: 'Warning', message: expect.stringContaining(rewritten) };
  await eventually(() => expect(events()).toMatchObject([warning]));
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'b' });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'b')).not.toBeNull());
  expect(await dataOf(world, 'a')).toEqual(before);
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/accept-rewrite': applied });
  await world.reconcile('app');
  await world.untilReason('app', 'HistoryRewritten', rewritten);
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/accept-rewrite': rewritten });
  await world.untilReason('app', 'Applied', rewritten);
  expect(events()).toHaveLength(1);
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
});

test('a rewritten branch is held after a restart as well, and a branch that is set back to an older commit is rewritten', async () => {
  const world = await createSyncWorld();
  const older = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  const applied = await world.repository.commit({ 'a.yaml': configMap('a', '2') });
  await world.createGitSync('app');
  const first = await world.startEngine();
  await world.untilReason('app', 'Applied', applied);
  const before = await dataOf(world, 'a');
  await first.stop();
  await world.repository.branch('main', older);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await world.startEngine();
  await world.untilReason('app', 'HistoryRewritten', older);
  await eventually(async () => expect(await dataOf(world, 'a')).toEqual(before));
});

test('many commits at once, a merge, and another branch are no rewritten history', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { source: { url: world.repository.url, ref: { branch: 'main' } } });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  let tip = '';
  for (let count = 0; count < 40; count += 1)
    tip = await world.repository.commit({ 'b.yaml': configMap('b', `${count}`) });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', tip);
  const other = await world.repository.commit({ 'c.yaml': configMap('c', '1') }, { branch: 'other' });
  await world.patchSpec('app', { source: { url: world.repository.url, ref: { branch: 'other' } } });
  await world.untilReason('app', 'Applied', other);
});

test('the newest tag of a range is followed', async () => {
  const world = await createSyncWorld();
  const [one, two, three] = [
    await world.repository.commit({ 'a.yaml': configMap('a', '1') }),
    await world.repository.commit({ 'a.yaml': configMap('a', '2') }),
    await world.repository.commit({ 'a.yaml': configMap('a', '3') }),
  ];
  await world.repository.tag('v1.9.0', one);
  await world.repository.tag('v2.0.0', three);
  await world.createGitSync('app', { source: { url: world.repository.url, ref: { semver: '1.x' } } });
  await world.startEngine();
  const first = await world.untilReason('app', 'Applied', one);
  expect(first.status?.lastAppliedRevision).toBe(`v1.9.0@sha1:${one}`);
  await world.repository.tag('v1.10.0', two, { isAnnotated: true });
  await world.repository.tag('v1.11.0-rc.1', three);
  await world.reconcile('app');
  const second = await world.untilReason('app', 'Applied', two);
  expect(second.status?.lastAppliedRevision).toBe(`v1.10.0@sha1:${two}`);
  await world.patchSpec('app', { source: { url: world.repository.url, ref: { semver: '3.x' } } });
  const missing = await world.untilReason('app', 'RefNotFound');
  expect(missing.status?.conditions?.find(({ type }) => type === 'Ready')?.message).toContain(
    'no tag in the range "3.x"',
  );
});

test('what one GitSync finds out is told to every other one of the same branch', async () => {
  const world = await createSyncWorld();
  const files = Object.fromEntries([0, 1, 2, 3].map((index) => [`app-${index}/a.yaml`, configMap(`a-${index}`, '1')]));
  await world.repository.commit(files);
  const names = Object.keys(files).map((file) => file.split('/')[0] ?? '');
  for (const name of names) await world.createGitSync(name, { source: { url: world.repository.url, path: name } });
  await world.startEngine();
  for (const name of names) await world.untilReason(name, 'Applied');
  const changed = Object.fromEntries(
    [0, 1, 2, 3].map((index) => [`app-${index}/a.yaml`, configMap(`a-${index}`, '2')]),
  );
  const commit = await world.repository.commit(changed);
  await world.reconcile('app-0');
  for (const name of names) await world.untilReason(name, 'Applied', commit);
});
