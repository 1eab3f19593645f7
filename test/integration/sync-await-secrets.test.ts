import { expect, test } from 'vitest';
import { CONFIG_MAPS, SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { DEPLOYMENTS } from '../support/resource-types.ts';
import { createSyncWorld } from '../support/sync-engine.ts';
import { deployment } from '../support/workloads.ts';

const sealed = (name: string): string =>
  `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: ${name}}\nspec: {encryptedData: {password: AgBB}}\n`;
const consumer = (name: string, secret: string): string =>
  deployment(name, 'a:1').replace('{name: main,', `{name: main, envFrom: [{secretRef: {name: ${secret}}}],`);

test('a wait for a SealedSecret is in the status, and a new commit does not wait for its end', async () => {
  const world = await createSyncWorld();
  const first = await world.repository.commit({ 'db.yaml': sealed('db'), 'web.yaml': consumer('web', 'db') });
  await world.createGitSync('app', { prune: true, timeout: '1h' });
  await world.startEngine();
  const waiting = await world.untilReason('app', 'WaitingForSecrets', first);
  const { conditions, lastAppliedRevision } = waiting.status ?? {};
  const of = (type: string) => conditions?.find((one) => one.type === type);
  expect(of('Ready')?.status).toBe('Unknown');
  expect(of('Reconciling')?.status).toBe('True');
  expect(of('Ready')?.message).toContain(
    `Deployment ${world.namespace}/web: waits: SealedSecret ${world.namespace}/db`,
  );
  expect(lastAppliedRevision).toBeUndefined();
  const second = await world.repository.commit({ 'web.yaml': null, 'db.yaml': null, 'a.yaml': configMap('a', '1') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', second);
  expect(await world.get(DEPLOYMENTS, 'web')).toBeNull();
  expect(await world.get(SEALED_SECRETS, 'db')).toBeNull();
});

test('the timeout ends the wait in a failure of the workload alone, and what is unsealed later brings it', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'db.yaml': sealed('db'),
    'web.yaml': consumer('web', 'db'),
    'other.yaml': deployment('other', 'a:1'),
    'a.yaml': configMap('a', '1'),
  });
  await world.createGitSync('app', { timeout: '1s' });
  await world.startEngine();
  const failed = await world.untilReason('app', 'ApplyFailed');
  const failures = failed.status?.failures ?? [];
  expect(failures?.map(({ name }) => name)).toEqual(['web']);
  expect(failures?.[0]?.message).toContain(`SealedSecret ${world.namespace}/db was not unsealed within 1s`);
  expect(await world.get(DEPLOYMENTS, 'other')).not.toBeNull();
  expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull();
  const place = { namespace: world.namespace, name: 'db' };
  const at = '2030-01-01T00:00:00Z';
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Test',
    message: '',
    lastTransitionTime: at,
    lastUpdateTime: at,
  };
  const { generation } = (await world.get(SEALED_SECRETS, 'db'))?.metadata ?? {};
  const status = { observedGeneration: generation, conditions: [condition] };
  await world.client.mergePatch(SEALED_SECRETS, place, { status }, { subresource: 'status' });
  await world.untilReason('app', 'Applied');
  await eventually(async () => expect(await world.get(DEPLOYMENTS, 'web')).not.toBeNull());
});
