import { expect, test } from 'vitest';
import { CONFIG_MAPS, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { MANAGED_ANNOTATION, PATCH_ANNOTATION, SKIP_OWNER_ANNOTATION } from '../../shared/resources/names.ts';
import type { ObjectMeta } from '../../shared/resources/object-meta.ts';
import { encoded } from '../support/key-secret.ts';
import { conditionOf, ownerFor } from '../support/live-secrets.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { createUnsealWorld, startedWorld, type UnsealWorld } from '../support/unseal-world.ts';

/** Somebody else's Secret `db`. */
async function createForeign(world: UnsealWorld, metadata: ObjectMeta, values = { mine: 'm', password: 'theirs' }) {
  return world.client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: world.namespace, ...metadata },
    data: encoded(values),
  });
}

const deleteSecret = (world: UnsealWorld) => world.client.delete(SECRETS, { namespace: world.namespace, name: 'db' });

/** Resolves when an object that was created after everything so far has been unsealed. */
async function untilQuiet(world: UnsealWorld): Promise<void> {
  await world.create(await world.seal({ quiet: 'q' }, { name: 'marker' }));
  await world.untilReason('Unsealed', 'marker');
}

test('a Secret of somebody else blocks, untouched, and its deletion lets the object through after a second', async () => {
  const world = await startedWorld();
  const foreign = await createForeign(world, {});
  await world.create(await world.seal({ password: 'ours' }));
  const blocked = await world.untilReason('SecretExists');
  expect(conditionOf(blocked, 'Synced')).toMatchObject({
    status: 'False',
    message: expect.stringContaining('already exists and is not managed by SealedSecret'),
  });
  expect(conditionOf(blocked, 'Stalled')?.status).toBe('True');
  expect((await world.secret())?.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion);
  const deletedAt = performance.now();
  await deleteSecret(world);
  await world.untilValues({ password: 'ours' });
  expect(performance.now() - deletedAt).toBeGreaterThan(1_000);
});

test.each(['yes', 'True', '1', ''])('managed: %j hands nothing over', async (value) => {
  const world = await startedWorld();
  await createForeign(world, { annotations: { [MANAGED_ANNOTATION]: value } });
  await world.create(await world.seal({ password: 'ours' }));
  await world.untilReason('SecretExists');
  expect((await world.secret())?.data).toEqual(encoded({ mine: 'm', password: 'theirs' }));
});

test('managed hands the Secret over: data, labels and annotations become those of the template', async () => {
  const world = await startedWorld();
  await createForeign(world, { annotations: { [MANAGED_ANNOTATION]: 'true', old: 'o' }, labels: { old: 'o' } });
  const sealed = await world.create(await world.seal({ password: 'ours' }));
  const secret = await world.untilValues({ password: 'ours' });
  expect(secret.metadata.annotations).toBeUndefined();
  expect(secret.metadata.labels).toBeUndefined();
  expect(secret.metadata.ownerReferences).toEqual([ownerFor(sealed)]);
  await world.edit(await world.seal({ password: 'newer' }));
  await world.untilValues({ password: 'newer' });
});

test.each([
  [MANAGED_ANNOTATION, { password: 'ours' }],
  [PATCH_ANNOTATION, { mine: 'm', password: 'ours' }],
])('a Secret in the way that is annotated with %s afterwards is written', async (annotation, values) => {
  const world = await startedWorld();
  await createForeign(world, {});
  await world.create(await world.seal({ password: 'ours' }));
  await world.untilReason('SecretExists');
  const handOver = { metadata: { annotations: { [annotation]: 'true' } } };
  await world.client.mergePatch(SECRETS, { namespace: world.namespace, name: 'db' }, handOver);
  await world.untilValues(values);
  await world.untilReason('Unsealed');
});

test('a takeover keeps foreign owners, and a foreign controller stays the controller', async () => {
  const world = await startedWorld();
  const owner = await world.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'owner', namespace: world.namespace },
  });
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'owner',
    uid: owner.metadata.uid ?? '',
    controller: true,
  };
  await createForeign(world, { annotations: { [MANAGED_ANNOTATION]: 'true' }, ownerReferences: [reference] });
  const sealed = await world.create(await world.seal({ password: 'ours' }));
  const secret = await world.untilValues({ password: 'ours' });
  const { controller: _, ...ours } = ownerFor(sealed);
  expect(secret.metadata.ownerReferences).toEqual([ours, reference]);
  await world.edit(await world.seal({ password: 'newer' }));
  await world.untilValues({ password: 'newer' });
});

test('patch adds and changes keys, removes none, and takes no ownership', async () => {
  const world = await startedWorld();
  await createForeign(world, { annotations: { [PATCH_ANNOTATION]: 'true', old: 'o' }, labels: { old: 'o' } });
  const template = { metadata: { labels: { app: 'shop' } } };
  await world.create(await world.seal({ password: 'ours' }, { template }));
  const secret = await world.untilValues({ mine: 'm', password: 'ours' });
  expect(secret.metadata.ownerReferences).toBeUndefined();
  expect(secret.metadata.labels).toEqual({ old: 'o', app: 'shop' });
  expect(secret.metadata.annotations).toEqual({ [PATCH_ANNOTATION]: 'true', old: 'o' });
  await world.untilReason('Unsealed');
});

test('a Secret that was only patched is not made again when it is deleted', async () => {
  const world = await startedWorld();
  await createForeign(world, { annotations: { [PATCH_ANNOTATION]: 'true' } });
  await world.create(await world.seal({ password: 'ours' }));
  await world.untilReason('Unsealed');
  await deleteSecret(world);
  await untilQuiet(world);
  expect(await world.secret()).toBeNull();
  await world.untilReason('Unsealed');
});

test.each([
  ['on the Secret', { [MANAGED_ANNOTATION]: 'true' }, {}],
  ['in the template', {}, { [MANAGED_ANNOTATION]: 'true' }],
])(
  'patch and managed together keep foreign keys and make the Secret ours, with managed %s',
  async (_where, there, wanted) => {
    const world = await startedWorld();
    await createForeign(world, { annotations: { [PATCH_ANNOTATION]: 'true', ...there } });
    const template = { metadata: { annotations: wanted } };
    const sealed = await world.create(await world.seal({ password: 'ours' }, { template }));
    const secret = await world.untilValues({ mine: 'm', password: 'ours' });
    expect(secret.metadata.ownerReferences).toEqual([ownerFor(sealed)]);
    await world.untilReason('Unsealed');
    await deleteSecret(world);
    await world.untilValues({ password: 'ours' });
  },
);

test('a template that takes managed away from a Secret that is patched leaves it to its owners', async () => {
  const world = await startedWorld();
  await createForeign(world, { annotations: { [PATCH_ANNOTATION]: 'true', [MANAGED_ANNOTATION]: 'true' } });
  const template = { metadata: { annotations: { [MANAGED_ANNOTATION]: 'false' } } };
  await world.create(await world.seal({ password: 'ours' }, { template }));
  const secret = await world.untilValues({ mine: 'm', password: 'ours' });
  expect(secret.metadata.ownerReferences).toBeUndefined();
  await world.untilReason('Unsealed');
  await deleteSecret(world);
  await untilQuiet(world);
  expect(await world.secret()).toBeNull();
});

test('a Secret without owner reference is known again: edits reach it, and it is made again', async () => {
  const world = await startedWorld();
  const template = { metadata: { annotations: { [SKIP_OWNER_ANNOTATION]: 'true' } } };
  await world.create(await world.seal({ password: 'old' }, { template }));
  expect((await world.untilValues({ password: 'old' })).metadata.ownerReferences).toBeUndefined();
  await world.untilReason('Unsealed');
  await world.edit(await world.seal({ password: 'new' }, { template }));
  await world.untilValues({ password: 'new' });
  await world.untilReason('Unsealed');
  await deleteSecret(world);
  await world.untilValues({ password: 'new' });
});

test('a Secret without owner reference is known again after an end before its record was written', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const first = await world.start();
  const template = { metadata: { annotations: { [SKIP_OWNER_ANNOTATION]: 'true' } } };
  await world.create(await world.seal({ password: 'p' }, { template }));
  await world.untilReason('Unsealed');
  await first.stop();
  const reference = { namespace: world.namespace, name: 'db' };
  await world.client.mergePatch(SEALED_SECRETS, reference, { status: null }, { subresource: 'status' });
  await world.start();
  await world.untilReason('Unsealed');
  await world.edit(await world.seal({ password: 'new' }, { template }));
  await world.untilValues({ password: 'new' });
});

test('a record that somebody forged gives no claim on a Secret', async () => {
  const world = await startedWorld();
  const foreign = await createForeign(world, {});
  const sealed = await world.seal({ password: 'ours' });
  const forged = {
    uid: foreign.metadata.uid,
    resourceVersion: '1',
    sealedDigest: 'a',
    secretDigest: 'b',
    ownerDigest: 'c',
    mode: 'owned',
  };
  await world.create({ ...sealed, status: { unsealed: forged } } as never);
  await world.untilReason('SecretExists');
  const reference = { namespace: world.namespace, name: 'db' };
  await world.client.mergePatch(SEALED_SECRETS, reference, { status: { unsealed: forged } }, { subresource: 'status' });
  await untilQuiet(world);
  expect((await world.secret())?.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion);
});
