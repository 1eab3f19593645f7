import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { encodeBase64 } from '../../shared/encoding/base64.ts';
import { encodeUtf8 } from '../../shared/encoding/bytes.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { makeSshKey, signCommit, signTag } from '../support/signing-keys.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

async function makeKeys() {
  const folder = await mkdtemp(path.join(tmpdir(), 'sg-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { ours: await makeSshKey(folder, 'ours'), other: await makeSshKey(folder, 'other') };
}

async function createSigners(world: SyncWorld, allowedSigners: string): Promise<void> {
  await world.client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: world.namespace, name: 'signers' },
    data: { allowed_signers: encodeBase64(encodeUtf8(allowedSigners)) },
  });
}

const secretRef = { name: 'signers' };

test('an unsigned commit is not applied, the signed one before stays in force, and the next signed one is applied', async () => {
  const world = await createSyncWorld();
  const { ours, other } = await makeKeys();
  await createSigners(world, ours.publicKey);
  const good = await signCommit(
    world.repository,
    await world.repository.commit({ 'a.yaml': configMap('a', '1') }),
    ours,
  );
  await world.createGitSync('app', { source: { url: world.repository.url, verify: { mode: 'Head', secretRef } } });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied', good);
  const unsigned = await world.repository.commit({ 'b.yaml': configMap('b', '1') });
  await world.reconcile('app');
  const held = await world.untilReason('app', 'SignatureInvalid', unsigned);
  const conditions = held.status?.conditions ?? [];
  expect(conditions.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  expect(conditions.find(({ type }) => type === 'Ready')?.message).toContain(`commit ${unsigned} is not signed`);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  const foreign = await signCommit(
    world.repository,
    await world.repository.commit({ 'b.yaml': configMap('b', '2') }),
    other,
  );
  await world.reconcile('app');
  await world.untilReason('app', 'SignatureInvalid', foreign);
  await engine.stop();
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await world.startEngine();
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
  const next = await signCommit(
    world.repository,
    await world.repository.commit({ 'b.yaml': configMap('b', '3') }),
    ours,
  );
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', next);
  expect(await world.get(CONFIG_MAPS, 'b')).not.toBeNull();
});

test('a signed tag is applied, and a Secret without signers, or none at all, applies nothing', async () => {
  const world = await createSyncWorld();
  const { ours } = await makeKeys();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await signTag(world.repository, { name: 'v1.0.0', commit }, ours);
  const source = { url: world.repository.url, ref: { semver: '1.x' }, verify: { mode: 'Tag', secretRef } } as const;
  await world.createGitSync('app', { source });
  await world.startEngine();
  await world.untilReason('app', 'SignatureInvalid', commit);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
  await createSigners(world, ours.publicKey);
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
});

test('a mode for tags is refused without a tag to follow', async () => {
  const world = await createSyncWorld();
  const verify = { mode: 'Tag', secretRef } as const;
  const attempt = world.createGitSync('app', {
    source: { url: world.repository.url, ref: { branch: 'main' }, verify },
  });
  await expect(attempt).rejects.toThrow(/spec.source/);
});
