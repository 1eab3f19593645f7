import { expect, inject, onTestFinished, test } from 'vitest';
import { SEALED_SECRETS, SECRETS, SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import { startApiProxy } from '../support/api-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf, ownerFor } from '../support/live-secrets.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { createUnsealWorld, type UnsealWorld } from '../support/unseal-world.ts';

/** A world in which `db` was unsealed from password and user, under label and annotation of its template. */
async function unsealedWorld(): Promise<UnsealWorld> {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const template = { metadata: { labels: { app: 'shop' }, annotations: { note: 'ours' } } };
  await world.create(await world.seal({ password: 'p', user: 'u' }, { template }));
  await world.untilReason('Unsealed');
  return world;
}

const patchSecret = (world: UnsealWorld, patch: Record<string, unknown>) =>
  world.client.mergePatch(SECRETS, { namespace: world.namespace, name: 'db' }, patch);

test('a deleted Secret is made again', async () => {
  const world = await unsealedWorld();
  const { uid } = (await world.secret())?.metadata ?? {};
  await world.client.delete(SECRETS, { namespace: world.namespace, name: 'db' });
  const again = await world.untilValues({ password: 'p', user: 'u' });
  expect(again.metadata.uid).not.toBe(uid);
});

test.each([
  ['a changed value', { data: { password: encoded({ v: 'edited' })['v'] } }],
  ['a removed key', { data: { user: null } }],
  ['an added key', { data: { extra: encoded({ v: 'e' })['v'] } }],
])('%s is put back', async (_what, patch) => {
  const world = await unsealedWorld();
  const { resourceVersion } = (await patchSecret(world, patch)).metadata;
  const repaired = await world.untilValues({ password: 'p', user: 'u' });
  expect(repaired.metadata.resourceVersion).not.toBe(resourceVersion);
});

test.each([
  ['a changed label', { metadata: { labels: { app: 'edited' } } }],
  ['a removed annotation', { metadata: { annotations: { note: null } } }],
  ['a removed owner', { metadata: { ownerReferences: null } }],
])('%s is put back', async (_what, patch) => {
  const world = await unsealedWorld();
  await patchSecret(world, patch);
  const sealed = await world.sealed();
  await eventually(async () => {
    const { labels, annotations, ownerReferences } = (await world.secret())?.metadata ?? {};
    expect({ labels, annotations, ownerReferences }).toEqual({
      labels: { app: 'shop' },
      annotations: { note: 'ours' },
      ownerReferences: [ownerFor(sealed)],
    });
  });
});

test('a label that somebody adds stays, so that no two controllers fight over it', async () => {
  const world = await unsealedWorld();
  await patchSecret(world, { metadata: { labels: { team: 'blue' } } });
  await patchSecret(world, { data: { password: encoded({ v: 'edited' })['v'] } });
  await world.untilValues({ password: 'p', user: 'u' });
  await patchSecret(world, { metadata: { labels: { team: 'blue' } } });
  // The repair of another object shows that the label was looked at in the meantime.
  await world.create(await world.seal({ password: 'p' }, { name: 'marker' }));
  await world.untilReason('Unsealed', 'marker');
  expect((await world.secret())?.metadata.labels).toEqual({ app: 'shop', team: 'blue' });
});

test('what Kubernetes fills into the Secret of a service account token stays, whatever was sealed', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  const robot = { name: 'robot', namespace: world.namespace };
  await world.client.create(SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: robot });
  const template = {
    type: 'kubernetes.io/service-account-token',
    metadata: { annotations: { 'kubernetes.io/service-account.name': 'robot' } },
  };
  await world.create(await world.seal({ 'ca.crt': 'of another cluster', extra: 'old' }, { template }));
  const filled = await eventually(async () => {
    const { data } = (await world.secret()) ?? {};
    expect(data?.['token']).toMatch(/./);
    expect(data?.['ca.crt']).not.toBe(encoded({ ca: 'of another cluster' })['ca']);
    return data;
  });
  await world.create(await world.seal({ password: 'p' }, { name: 'marker' }));
  await world.untilReason('Unsealed', 'marker');
  expect((await world.secret())?.data).toEqual(filled);
  await world.edit(await world.seal({ 'ca.crt': 'of another cluster', extra: 'new' }, { template }));
  await eventually(async () =>
    expect((await world.secret())?.data).toEqual({ ...filled, ...encoded({ extra: 'new' }) }),
  );
});

test('a status that somebody wiped is written again', async () => {
  const world = await unsealedWorld();
  const reference = { namespace: world.namespace, name: 'db' };
  await world.client.mergePatch(SEALED_SECRETS, reference, { status: null }, { subresource: 'status' });
  await world.untilReason('Unsealed');
});

test('an immutable Secret stays as it is, says so, and is made again when it is deleted', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  await world.start();
  await world.create(await world.seal({ password: 'old' }, { template: { immutable: true } }));
  await world.untilReason('Unsealed');
  await world.edit(await world.seal({ password: 'new' }, { template: { immutable: true } }));
  const stalled = await world.untilReason('SecretImmutable');
  expect(stalled.status?.observedGeneration).toBe(2);
  expect(conditionOf(stalled, 'Synced')?.message).toContain('the target Secret is immutable');
  expect((await world.secret())?.data).toEqual(encoded({ password: 'old' }));
  await eventually(async () => {
    expect(await world.events()).toContainEqual(
      expect.stringMatching(/^ErrUpdateFailed: .*the target Secret is immutable/),
    );
  });
  await world.client.delete(SECRETS, { namespace: world.namespace, name: 'db' });
  await world.untilValues({ password: 'new' });
});

test.each([{}, { password: 'p' }])(
  'labels of an immutable Secret that holds %j follow the template',
  async (values) => {
    const world = await createUnsealWorld([FIRST_KEY]);
    await world.start();
    const sealed = await world.seal({ password: 'p' });
    const encryptedData = 'password' in values ? sealed.spec.encryptedData : {};
    await world.create({ ...sealed, spec: { encryptedData, template: { immutable: true } } });
    await world.untilReason('Unsealed');
    const template = { immutable: true, metadata: { labels: { app: 'shop' } } };
    await world.edit({ ...sealed, spec: { encryptedData, template } });
    await world.untilReason('Unsealed');
    expect(await world.secret()).toMatchObject({ immutable: true, metadata: { labels: { app: 'shop' } } });
  },
);

test('a type cannot change in place: it says so, and a deleted Secret comes back with the new one', async () => {
  const world = await unsealedWorld();
  await world.edit(await world.seal({ password: 'p' }, { template: { type: 'example.com/other' } }));
  const stalled = await world.untilReason('TypeRefused');
  expect(conditionOf(stalled, 'Stalled')?.status).toBe('True');
  await world.client.delete(SECRETS, { namespace: world.namespace, name: 'db' });
  expect((await world.untilValues({ password: 'p' })).type).toBe('example.com/other');
});

test('what an outage of the API server has stopped is done when it answers again, however long it was to wait', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const proxy = await startApiProxy(inject('kubeconfig'));
  onTestFinished(() => proxy.stop());
  const { logs } = await world.start({ kubeconfig: proxy.kubeconfig });
  const secrets = `/api/v1/namespaces/${world.namespace}/secrets`;
  proxy.decide(({ isWrite, path }) =>
    isWrite && path.startsWith(secrets)
      ? { kind: 'answer', status: 503, headers: { 'retry-after': '3600' } }
      : { kind: 'pass' },
  );
  await world.create(await world.seal({ password: 'p' }));
  await world.untilReason('WriteFailed');
  proxy.decide(() => ({ kind: 'cut' }));
  proxy.cutWatches();
  await eventually(() => expect(logs.join('')).toMatch(/cannot reach the API server.*cannot watch SealedSecrets/));
  proxy.decide(null);
  await world.untilValues({ password: 'p' });
  await world.untilReason('Unsealed');
});
