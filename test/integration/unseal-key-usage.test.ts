import { expect, test } from 'vitest';
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { FIRST_KEY, SECOND_KEY } from '../support/test-keys.ts';
import { firstCertificate, secondCertificate } from '../support/test-secrets.ts';
import { createUnsealWorld, type UnsealWorld } from '../support/unseal-world.ts';

const FIRST = firstCertificate.fingerprint;
const SECOND = secondCertificate.fingerprint;
const DECRYPTIONS = 'signet_unseal_decryptions_total{reason="Unsealed"}';

/** How many objects `signet-keys` says that need each key, and how many of which nobody knows. */
async function usageOf(world: UnsealWorld): Promise<Record<string, number | undefined>> {
  const { keys, unopened } = await world.keyList();
  return { ...Object.fromEntries(keys.map(({ fingerprint, objects }) => [fingerprint, objects])), unopened };
}

const untilUsage = (world: UnsealWorld, usage: Record<string, number>) =>
  eventually(async () => expect(await usageOf(world)).toEqual(usage));

test('the keys that objects need are counted from decryption, through edits, deletions and a restart', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  const controller = await world.startAlone();
  await untilUsage(world, { [FIRST]: 0, [SECOND]: 0, unopened: 0 });
  expect((await world.keyList()).partial).toMatch(new RegExp(`^SealedSecrets in namespaces .*${world.namespace}`));
  const [old, recent] = [
    await world.seal({ a: '1' }),
    await world.seal({ b: '2' }, { certificate: secondCertificate }),
  ];
  await world.create(old);
  await untilUsage(world, { [FIRST]: 1, [SECOND]: 0, unopened: 0 });
  const mixed = await world.seal({ a: '1' }, { name: 'mixed' });
  const both = await world.seal({ b: '2' }, { name: 'mixed', certificate: secondCertificate });
  const encryptedData = { ...mixed.spec.encryptedData, ...both.spec.encryptedData };
  await world.create({ ...mixed, spec: { ...mixed.spec, encryptedData } });
  const broken = await world.seal({ a: '1' }, { name: 'broken' });
  await world.create({ ...broken, spec: { ...broken.spec, encryptedData: { a: 'AgBB' } } });
  await untilUsage(world, { [FIRST]: 2, [SECOND]: 1, unopened: 1 });
  for (const name of ['db', 'mixed']) await world.untilReason('Unsealed', name);
  await controller.stop();
  const again = await world.startAlone();
  await world.edit(recent);
  await untilUsage(world, { [FIRST]: 1, [SECOND]: 2, unopened: 1 });
  expect(await again.metric(DECRYPTIONS)).toBe(1);
  for (const name of ['db', 'mixed', 'broken']) {
    await world.client.delete(SEALED_SECRETS, { namespace: world.namespace, name });
  }
  await untilUsage(world, { [FIRST]: 0, [SECOND]: 0, unopened: 0 });
});

test('records of a controller that knew no keys are completed with one decryption each, and no write of a Secret', async () => {
  const world = await createUnsealWorld([FIRST_KEY, SECOND_KEY]);
  const controller = await world.startAlone();
  await world.create(await world.seal({ a: '1' }));
  await world.untilReason('Unsealed');
  await controller.stop();
  const reference = { namespace: world.namespace, name: 'db' };
  const status = { unsealed: { keys: null, keysProof: null } };
  await world.client.mergePatch(SEALED_SECRETS, reference, { status }, { subresource: 'status' });
  const { resourceVersion } = (await world.secret())?.metadata ?? {};
  const again = await world.startAlone();
  await untilUsage(world, { [FIRST]: 1, [SECOND]: 0, unopened: 0 });
  await eventually(async () => expect((await world.sealed()).status?.unsealed?.keys).toEqual([FIRST]));
  expect(await again.metric(DECRYPTIONS)).toBe(1);
  expect((await world.secret())?.metadata.resourceVersion).toBe(resourceVersion);
});
