import { expect, test } from 'vitest';
import { SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { SKIP_OWNER_ANNOTATION } from '../../shared/resources/names.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { eventually } from '../support/eventually.ts';
import { conditionOf } from '../support/live-secrets.ts';
import { FIRST_KEY } from '../support/test-keys.ts';
import { secondCertificate } from '../support/test-secrets.ts';
import { createUnsealWorld, type UnsealWorld } from '../support/unseal-world.ts';

const labelled = (sealed: SealedSecret, labels: Record<string, string>): SealedSecret => ({
  ...sealed,
  metadata: { ...sealed.metadata, labels },
});

/** Resolves when the controller has looked at everything that it was told of before. */
async function settled(world: UnsealWorld): Promise<void> {
  await world.create(await world.seal({ password: 'p' }, { name: 'last' }));
  await world.untilReason('Unsealed', 'last');
}

test('a label selector limits what is unsealed; what stops matching is left alone, and its Secret stays', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  await world.start({ flags: ['--label-selector=team in (shop),!paused', '--old-gc-behavior'] });
  await world.create(await world.seal({ password: 'p' }, { name: 'other' }));
  await world.create(labelled(await world.seal({ password: 'old' }), { team: 'shop' }));
  await world.untilValues({ password: 'old' });
  await world.untilReason('Unsealed');
  const place = { namespace, name: 'db' };
  await client.mergePatch(SEALED_SECRETS, place, { metadata: { labels: { paused: 'yes' } } });
  const edited = await world.seal({ password: 'new' });
  await client.mergePatch(SEALED_SECRETS, place, { spec: edited.spec });
  await world.create(labelled(await world.seal({ password: 'p' }, { name: 'last' }), { team: 'shop' }));
  await world.untilReason('Unsealed', 'last');
  await world.untilValues({ password: 'old' });
  expect(await client.get(SECRETS, { namespace, name: 'other' })).toBeNull();
  await client.mergePatch(SEALED_SECRETS, place, { metadata: { labels: { paused: null } } });
  await world.untilValues({ password: 'new' });
});

test('with --skip-recreate a deleted Secret stays deleted until its SealedSecret changes', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  await world.start({ flags: ['--skip-recreate'] });
  await world.create(await world.seal({ password: 'old' }));
  await world.untilReason('Unsealed');
  await client.delete(SECRETS, { namespace, name: 'db' });
  await settled(world);
  expect(await client.get(SECRETS, { namespace, name: 'db' })).toBeNull();
  await world.edit(await world.seal({ password: 'new' }));
  await world.untilValues({ password: 'new' });
});

test("with --skip-recreate an existing Secret is updated, and somebody else's is not taken", async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  const foreign = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'taken' }, data: {} };
  await client.create(SECRETS, foreign);
  await world.create(await world.seal({ password: 'p' }, { name: 'taken' }));
  await world.create(await world.seal({ password: 'old' }));
  const first = await world.start({ flags: ['--skip-recreate'] });
  await world.untilReason('Unsealed');
  await world.untilReason('SecretExists', 'taken');
  await first.stop();
  await world.edit(await world.seal({ password: 'new' }));
  await world.start({ flags: ['--skip-recreate'] });
  await world.untilValues({ password: 'new' });
});

test('with --old-gc-behavior the Secret of a deleted SealedSecret goes even where nobody owns it', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  const template = { metadata: { annotations: { [SKIP_OWNER_ANNOTATION]: 'true' } } };
  await world.start({ flags: ['--old-gc-behavior'] });
  await world.create(await world.seal({ password: 'p' }, { template }));
  await world.untilReason('Unsealed');
  await client.delete(SEALED_SECRETS, { namespace, name: 'db' });
  await eventually(async () => expect(await client.get(SECRETS, { namespace, name: 'db' })).toBeNull());
});

test('with --old-gc-behavior a Secret of somebody else stays when a SealedSecret of its name comes and goes', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  await client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'db' } });
  await world.start({ flags: ['--old-gc-behavior'] });
  await world.create(await world.seal({ password: 'p' }));
  await world.untilReason('SecretExists');
  await client.delete(SEALED_SECRETS, { namespace, name: 'db' });
  await settled(world);
  expect(await client.get(SECRETS, { namespace, name: 'db' })).not.toBeNull();
});

test('without it a Secret that nobody owns stays', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  const template = { metadata: { annotations: { [SKIP_OWNER_ANNOTATION]: 'true' } } };
  await world.start();
  await world.create(await world.seal({ password: 'p' }, { template }));
  await world.untilReason('Unsealed');
  await client.delete(SEALED_SECRETS, { namespace, name: 'db' });
  await settled(world);
  expect(await client.get(SECRETS, { namespace, name: 'db' })).not.toBeNull();
});

test('with --update-status=false nothing is written into status, and metrics and one event tell what happened', async () => {
  const world = await createUnsealWorld([FIRST_KEY]);
  const { client, namespace } = world;
  const controller = await world.start({ flags: ['--update-status=false'] });
  await world.create(await world.seal({ password: 'p' }));
  await world.create(await world.seal({ password: 'p' }, { name: 'foreign', certificate: secondCertificate }));
  const info = (name: string) =>
    controller.metric(
      `sealed_secrets_controller_condition_info{namespace="${namespace}",name="${name}",condition="Synced",ss_app_kubernetes_io_instance=""}`,
    );
  await eventually(async () => expect([await info('db'), await info('foreign')]).toEqual([1, -1]));
  await client.delete(SECRETS, { namespace, name: 'db' });
  await world.untilValues({ password: 'p' });
  for (const name of ['db', 'foreign']) {
    const sealed = (await client.get(SEALED_SECRETS, { namespace, name })) as SealedSecret;
    expect(conditionOf(sealed, 'Synced')).toBeUndefined();
  }
  await eventually(async () => expect(await world.events('foreign')).toHaveLength(1));
  await client.delete(SEALED_SECRETS, { namespace, name: 'foreign' });
  await eventually(async () => expect(await info('foreign')).toBe(0));
});
