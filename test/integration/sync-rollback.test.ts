import { expect, test } from 'vitest';
import { stringifyYaml } from '../../shared/encoding/yaml-output.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { sealSecret } from '../../shared/sealing/seal-secret.ts';
import { eventually } from '../support/eventually.ts';
import { createKeyListWorld } from '../support/key-list-world.ts';
import { configMap } from '../support/manifests.ts';
import { runSyncVerb } from '../support/run-sync-verb.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { secretOf } from '../support/test-secrets.ts';

async function heldBy(world: SyncWorld, name: string): Promise<unknown> {
  return ((await world.get(CONFIG_MAPS, name))?.['data'] as { value?: unknown } | undefined)?.value;
}

/** A world in which the second commit, the bad one, is applied. */
async function badWorld(
  transport: 'file' | 'served' = 'file',
): Promise<{ world: SyncWorld; good: string; bad: string }> {
  const world = await createSyncWorld();
  const url = transport === 'file' ? world.repository.url : await servedUrl(world);
  const good = await world.repository.commit({ 'a.yaml': configMap('a', 'good') });
  await world.createGitSync('app', { prune: true, source: { url } });
  await world.startEngine();
  await world.untilReason('app', 'Applied', good);
  const bad = await world.repository.commit({ 'a.yaml': configMap('a', 'bad'), 'b.yaml': configMap('b', 'bad') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', bad);
  return { world, good, bad };
}

test('a pinned commit is brought back and held until a newer commit than the bad one arrives', async () => {
  const { world, good, bad } = await badWorld();
  await world.patchSpec('app', { pin: { commit: good, until: bad } });
  const pinned = await world.untilReason('app', 'Pinned', good);
  expect(pinned.status?.lastAppliedRevision).toBe(`main@sha1:${good}`);
  expect(pinned.status?.conditions?.[0]?.message).toBe(
    `pinned to main@sha1:${good}: 1 object; the pin is let go at a commit newer than ${bad.slice(0, 12)}`,
  );
  expect(pinned.status?.history?.[0]).toMatchObject({ result: 'Pinned', changed: 1, pruned: 1 });
  expect(await heldBy(world, 'a')).toBe('good');
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();

  await world.reconcile('app');
  expect((await world.gitSync('app')).spec.pin).toEqual({ commit: good, until: bad });
  expect(await heldBy(world, 'a')).toBe('good');

  const mended = await world.repository.commit({ 'a.yaml': configMap('a', 'mended') });
  await world.reconcile('app');
  const free = await world.untilReason('app', 'Applied', mended);
  expect(free.spec.pin).toBeUndefined();
  expect(await heldBy(world, 'a')).toBe('mended');
  expect(await heldBy(world, 'b')).toBe('bad');
});

test('drift of a pinned revision is repaired, and a restart holds it', async () => {
  const { world, good, bad } = await badWorld();
  await world.patchSpec('app', { pin: { commit: good, until: bad } });
  await world.untilReason('app', 'Pinned', good);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await eventually(async () => expect(await heldBy(world, 'a')).toBe('good'));
  const again = await world.startEngine();
  await eventually(() => expect(again.logs.join('\n')).toContain('nothing to sync'));
  expect(await heldBy(world, 'a')).toBe('good');
});

test('a reference that is set back names nothing newer, one that is rewritten later does', async () => {
  const { world, good, bad } = await badWorld();
  await world.patchSpec('app', { pin: { commit: good, until: bad } });
  await world.untilReason('app', 'Pinned', good);
  await world.repository.branch('main', good);
  await world.reconcile('app');
  expect((await world.gitSync('app')).spec.pin).toEqual({ commit: good, until: bad });
  const rewritten = await world.repository.commit({ 'a.yaml': configMap('a', 'rewritten') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', rewritten);
  expect(await heldBy(world, 'a')).toBe('rewritten');
});

test('a newer commit that is refused ends the pin, and leaves the pinned commit in force', async () => {
  const { world, good, bad } = await badWorld();
  await world.patchSpec('app', { pin: { commit: good, until: bad } });
  await world.untilReason('app', 'Pinned', good);
  const broken = await world.repository.commit({ 'c.yaml': 'kind: ConfigMap\n' });
  await world.reconcile('app');
  const refused = await world.untilReason('app', 'RenderFailed', broken);
  expect(refused.spec.pin).toBeUndefined();
  expect(refused.status?.lastAppliedRevision).toBe(`main@sha1:${good}`);
  expect(await heldBy(world, 'a')).toBe('good');
});

test('a pin to a commit that does not exist is refused with its id, and changes nothing', async () => {
  const { world } = await badWorld();
  const missing = 'd'.repeat(40);
  await world.patchSpec('app', { pin: { commit: missing } });
  const refused = await world.untilReason('app', 'RefNotFound');
  expect(refused.status?.conditions?.[0]?.message).toContain(missing);
  expect(await heldBy(world, 'a')).toBe('bad');
});

test('a pin is checked by the API server', async () => {
  const { world, good } = await badWorld();
  await expect(world.patchSpec('app', { pin: { commit: 'main' } })).rejects.toThrow('spec.pin.commit');
  await expect(world.patchSpec('app', { pin: { commit: good, until: '--all' } })).rejects.toThrow('spec.pin.until');
});

test('rollback shows what it would do, asks, pins and waits; unpin lets go', async () => {
  const { world, good, bad } = await badWorld('served');
  const declined = await runSyncVerb(world, ['rollback', 'app'], { typed: ['n'] });
  expect(declined.code).toBe(1);
  expect(declined.stdout).toMatch(new RegExp(`^update +ConfigMap ${world.namespace}/a +a\\.yaml:1`, 'm'));
  expect(declined.stdout).toMatch(new RegExp(`^prune +ConfigMap ${world.namespace}/b `, 'm'));
  expect(declined.stderr).toContain(`signet: ${good.slice(0, 12)}: 1 update, 1 prune\n`);
  expect(declined.stderr).toContain(`the pin will be let go at the first commit newer than ${bad.slice(0, 12)}\n`);
  expect(declined.stderr).toContain(`at ${good.slice(0, 12)}, change (Test)? [y/N] `);
  expect(declined.stderr).toContain('signet: nothing was changed\n');
  expect((await world.gitSync('app')).spec.pin).toBeUndefined();

  const done = await runSyncVerb(world, ['rollback', 'app', good.slice(0, 7)], { typed: ['yes'] });
  expect(done.code).toBe(0);
  expect(done.stdout).toMatch(new RegExp(`^app +True +main@sha1:${good.slice(0, 12)} +1 +pinned to `, 'm'));
  const pinned = await world.gitSync('app');
  expect(pinned.spec.pin).toEqual({ commit: good, until: bad });
  const managers = pinned.metadata['managedFields'] as readonly { manager: string; fieldsV1: object }[];
  const owning = managers.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes('f:pin'));
  expect(owning.map(({ manager }) => manager)).toEqual(['signet-cli']);
  expect(await heldBy(world, 'a')).toBe('good');

  const further = await runSyncVerb(world, ['rollback', 'app', '-1', '--yes']);
  expect(further.stderr).toContain('cannot go back 1 in the history: it does not reach that far');
  const free = await runSyncVerb(world, ['unpin', 'app']);
  expect(free.stderr).toBe(`signet: let go of ${good}: GitSync "${world.namespace}/app" follows its reference again\n`);
  await world.untilReason('app', 'Applied', bad);
  expect((await runSyncVerb(world, ['unpin', 'app'])).stderr).toContain('is not pinned');
});

test('rollback says that the repository has moved on, and counts that as bad, too', async () => {
  const { world, good } = await badWorld('served');
  const unseen = await world.repository.commit({ 'a.yaml': configMap('a', 'unseen') });
  const { code, stderr } = await runSyncVerb(world, ['rollback', 'app', '--yes']);
  expect(stderr).toContain(`the repository has moved on to ${unseen.slice(0, 12)}, which was not synced yet`);
  expect(code).toBe(0);
  expect((await world.gitSync('app')).spec.pin).toEqual({ commit: good, until: unseen });
});

test('rollback without a look at the repository takes the commit that was synced last for the bad one', async () => {
  const { world, good, bad } = await badWorld();
  const { code, stderr, stdout } = await runSyncVerb(world, ['rollback', 'app', '--no-preflight', '--yes']);
  expect(stderr).toContain(`pinned GitSync "${world.namespace}/app" to ${good}; waiting`);
  expect(stdout).toMatch(/^app +True /m);
  expect(code).toBe(0);
  expect((await world.gitSync('app')).spec.pin).toEqual({ commit: good, until: bad });
});

test('rollback compares SealedSecrets with the keys of the controller that is named', async () => {
  const keys = await createKeyListWorld();
  const world = await createSyncWorld();
  const metadata = { name: 'db', namespace: world.namespace };
  const sealed = await sealSecret(secretOf({ a: 'x' }, { metadata }), { certificate: keys.old });
  const good = await world.repository.commit({ 'db.yaml': stringifyYaml(sealed) });
  await world.createGitSync('app', { prune: true, source: { url: await servedUrl(world) } });
  await world.startEngine();
  await world.untilReason('app', 'Applied', good);
  const bad = await world.repository.commit({ 'a.yaml': configMap('a', 'bad') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', bad);
  await keys.publish({ old: { state: 'retired' } });
  const words = ['rollback', 'app', '--controller-namespace', keys.namespace];
  const { code, stderr } = await runSyncVerb(world, words, { typed: ['n'] });
  expect(code).toBe(1);
  expect(stderr).toContain(`(db.yaml:1) would not open: a sealed to ${keys.old.fingerprint}, which is retired`);
  expect(stderr).toContain(
    'the sync would be refused whole: SealedSecrets cannot be unsealed in this cluster: db.yaml:1',
  );
});

test('rollback to a commit that the controller would refuse changes nothing', async () => {
  const { world } = await badWorld('served');
  const broken = await world.repository.commit({ 'c.yaml': 'kind: ConfigMap\n' });
  await world.reconcile('app');
  await world.repository.commit({ 'c.yaml': null });
  await world.reconcile('app');
  const { code, stderr } = await runSyncVerb(world, ['rollback', 'app', broken.slice(0, 10), '--yes']);
  expect(stderr).toContain('did not get into place when it was synced: RenderFailed');
  expect(stderr).toContain('c.yaml:1');
  expect(stderr).toContain('nothing was changed: the controller would refuse the commit whole');
  expect(code).toBe(3);
  expect((await world.gitSync('app')).spec.pin).toBeUndefined();
});

test('pause stops all work and resume takes it up, and rollback of what is paused is refused', async () => {
  const { world } = await badWorld();
  const paused = await runSyncVerb(world, ['pause', 'app']);
  expect(paused.stderr).toContain('no new commit is looked at, and nothing is applied, repaired or pruned');
  await eventually(async () => {
    const conditions = (await world.gitSync('app')).status?.conditions ?? [];
    expect(conditions.find(({ type }) => type === 'Reconciling')?.reason).toBe('Suspended');
  });
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  expect((await runSyncVerb(world, ['pause', 'app'])).stderr).toContain('is paused already');
  const refused = await runSyncVerb(world, ['rollback', 'app', '--yes']);
  expect(refused.stderr).toContain(
    `it is paused\nsignet: hint: \`signet sync resume app -n ${world.namespace}\` first`,
  );
  expect(refused.code).toBe(3);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
  expect((await runSyncVerb(world, ['resume', 'app'])).stderr).toContain('resumed GitSync');
  await eventually(async () => expect(await heldBy(world, 'a')).toBe('bad'));
  expect((await runSyncVerb(world, ['resume', 'app'])).stderr).toContain('is not paused');
});
