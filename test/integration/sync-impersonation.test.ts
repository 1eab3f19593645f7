import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject, test } from 'vitest';
import { createClientFactory } from '../../controller/clusters/open-client.ts';
import { parseDocuments } from '../../shared/encoding/yaml-documents.ts';
import type { KubeClient } from '../../shared/kube/client.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { CONFIG_MAPS, GIT_SYNCS, NAMESPACES, SECRETS, SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { Rule } from '../support/await-right.ts';
import { eventually } from '../support/eventually.ts';
import { freshNamespace } from '../support/namespace.ts';
import { rbacType } from '../support/resource-types.ts';
import { runCli, withTempFolder } from '../support/run-cli.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';
import { untilMessage } from '../support/sync-waits.ts';
import {
  allow,
  allowEverywhere,
  inlineKubeconfig,
  kubeconfigFile,
  makeAccount,
  tokenOf,
} from '../support/tenant-accounts.ts';

const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {k: v}\n`;
const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'patch', 'update', 'delete'];
const CONFIG_MAP_RIGHTS = [{ apiGroups: [''], resources: ['configmaps'], verbs: [...READ, ...WRITE] }];
const LONG = { timeoutMs: 60_000 };

const tenants = new URL('../../manifests/tenants/sync.yaml', import.meta.url);

/** The rules of a role of `manifests/tenants`. */
async function rulesOf(role: string): Promise<readonly Rule[]> {
  const documents = parseDocuments(await readFile(tenants, 'utf8'), { where: 'sync.yaml', maxBytes: 100_000 });
  const found = documents.map(({ value }) => value as KubeObject & { rules?: Rule[] });
  return found.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === role)?.rules ?? [];
}

/** An engine with the rights of `manifests/tenants`, and accounts of the namespace alone to act as: it may do nothing to objects itself. */
async function engineWithoutRights({ client, namespace }: SyncWorld): Promise<{ readonly kubeconfig: string }> {
  const { server, caPem = '' } = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  await makeAccount(client, namespace, 'engine');
  await allowEverywhere(client, { namespace, name: 'engine' }, await rulesOf('signet-sync-tenants'));
  await allow(client, namespace, { name: 'engine' }, await rulesOf('signet-impersonator'));
  return {
    kubeconfig: await kubeconfigFile(inlineKubeconfig({ server, caPem }, await tokenOf(client, namespace, 'engine'))),
  };
}

async function whoIs(client: Pick<KubeClient, 'raw'>): Promise<unknown> {
  const answer = await client.raw({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} }),
    maxBytes: 100_000,
  });
  return JSON.parse(Buffer.from(answer.body).toString('utf8')).status.userInfo;
}

test('a client for an account is that account, with its groups and no others', async () => {
  const world = await createSyncWorld();
  await makeAccount(world.client, world.namespace, 'deployer');
  const own = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  const clients = createClientFactory(own, {});
  const client = clients.open(null, { namespace: world.namespace, name: 'deployer' });
  expect(await whoIs(client)).toMatchObject({
    username: `system:serviceaccount:${world.namespace}:deployer`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${world.namespace}`, 'system:authenticated'],
  });
  client.close();
  for (const name of ['', ' ', 'a b', 'a\r\nx: y', 'A', 'a/b', 'system:admin']) {
    expect(() => clients.open(null, { namespace: world.namespace, name })).toThrow(/it is no name of one/);
    expect(() => clients.open(null, { namespace: name, name: 'deployer' })).toThrow(/it is no name of one/);
  }
});

test('everything about objects is done in the name of the account: sync, repair, no-op, prune, deletion', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await makeAccount(client, namespace, 'deployer');
  await allow(client, namespace, { name: 'deployer' }, CONFIG_MAP_RIGHTS);
  await world.repository.commit({ 'one.yaml': configMap('one'), 'two.yaml': configMap('two') });
  const engine = await world.startEngine(await engineWithoutRights(world));
  await world.createGitSync('app', { prune: true, serviceAccountName: 'deployer' });
  await world.untilReason('app', 'Applied');
  await client.mergePatch(CONFIG_MAPS, { namespace, name: 'one' }, { data: { k: 'changed' } });
  await eventually(async () => {
    expect((await world.get(CONFIG_MAPS, 'one'))?.['data']).toEqual({ k: 'v' });
  });
  await world.reconcile('app');
  const before = engine.requestCount();
  await world.reconcile('app');
  expect(engine.requestCount() - before).toBeLessThanOrEqual(5);
  const commit = await world.repository.commit({ 'two.yaml': null });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect(await world.get(CONFIG_MAPS, 'two')).toBeNull();
  await world.deleteGitSync('app');
  expect(await world.get(CONFIG_MAPS, 'one')).toBeNull();
});

test('what the account may not do does not happen, whatever the controller might; status says who may not do what', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  const other = await freshNamespace(client, 'elsewhere');
  await makeAccount(client, namespace, 'deployer');
  await allow(client, namespace, { name: 'deployer' }, CONFIG_MAP_RIGHTS);
  // The engine is the administrator here.
  await world.startEngine();
  await world.repository.commit({
    'mine.yaml': configMap('mine'),
    'theirs.yaml': configMap('theirs', `, namespace: ${other}`),
  });
  await world.createGitSync('app', { serviceAccountName: 'deployer', retryInterval: '1s' });
  const message = await untilMessage(world, 'app', 'Forbidden');
  expect(message).toContain(`system:serviceaccount:${namespace}:deployer`);
  expect(message).toContain(`may not list configmaps in namespace ${other}`);
  expect(await world.get(CONFIG_MAPS, 'mine')).toBeNull();
  await allow(client, other, { name: 'deployer', from: namespace }, [
    { apiGroups: [''], resources: ['configmaps'], verbs: READ },
  ]);
  expect(await untilMessage(world, 'app', 'ApplyFailed')).toContain(
    `User "system:serviceaccount:${namespace}:deployer" may not patch configmaps`,
  );
  expect(await world.get(CONFIG_MAPS, 'theirs', other)).toBeNull();
});

test('accounts of one namespace do not see with the rights of each other, nor of the controller', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  for (const name of ['strong', 'weak']) await makeAccount(client, namespace, name);
  const secrets = [{ apiGroups: [''], resources: ['secrets'], verbs: [...READ, ...WRITE] }];
  await allow(client, namespace, { name: 'strong' }, secrets);
  await world.startEngine();
  await world.repository.commit({
    'own/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: own}\n',
    'strong/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: strong}\n',
    'weak/a.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: weak}\n',
  });
  const { url } = world.repository;
  await world.createGitSync('own', { source: { url, path: 'own' } });
  await world.createGitSync('strong', { source: { url, path: 'strong' }, serviceAccountName: 'strong' });
  await world.untilReason('own', 'Applied');
  await world.untilReason('strong', 'Applied');
  // Others have listed Secrets of this very namespace already.
  await world.createGitSync('weak', { source: { url, path: 'weak' }, serviceAccountName: 'weak' });
  expect(await untilMessage(world, 'weak', 'Forbidden')).toContain(`system:serviceaccount:${namespace}:weak`);
  expect(await world.get(SECRETS, 'weak')).toBeNull();
});

test('an account that does not exist acts for nobody, although its rights are still bound', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await makeAccount(client, namespace, 'deployer');
  await allow(client, namespace, { name: 'deployer' }, CONFIG_MAP_RIGHTS);
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine();
  await world.createGitSync('app', { prune: true, serviceAccountName: 'deployer', retryInterval: '1s' });
  await world.untilReason('app', 'Applied');
  await client.delete(SERVICE_ACCOUNTS, { namespace, name: 'deployer' });
  await world.repository.commit({ 'two.yaml': configMap('two') });
  await world.reconcile('app');
  expect(await untilMessage(world, 'app', 'AccountNotFound')).toContain(`service account ${namespace}/deployer`);
  await client.mergePatch(CONFIG_MAPS, { namespace, name: 'one' }, { data: { k: 'changed' } });
  // Deleted meanwhile, it waits and says what for: the controller's own rights are no way out.
  await client.delete(GIT_SYNCS, { namespace, name: 'app' });
  await eventually(async () => {
    const ready = (await world.gitSync('app')).status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({
      reason: 'AccountNotFound',
      message: expect.stringContaining('set spec.prune to false'),
    });
  }, LONG);
  expect(await world.get(CONFIG_MAPS, 'two')).toBeNull();
  expect((await world.get(CONFIG_MAPS, 'one'))?.['data']).toEqual({ k: 'changed' });
  await makeAccount(client, namespace, 'deployer');
  await eventually(async () => expect(await client.get(GIT_SYNCS, { namespace, name: 'app' })).toBeNull(), LONG);
  expect(await world.get(CONFIG_MAPS, 'one')).toBeNull();
});

test('an account that is deleted loses its power at once, and one that comes back has it again', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await makeAccount(client, namespace, 'deployer');
  await allow(client, namespace, { name: 'deployer' }, CONFIG_MAP_RIGHTS);
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine(await engineWithoutRights(world));
  await world.createGitSync('app', { serviceAccountName: 'deployer', retryInterval: '10m' });
  await world.untilReason('app', 'Applied');
  await client.delete(SERVICE_ACCOUNTS, { namespace, name: 'deployer' });
  expect(await untilMessage(world, 'app', 'AccountNotFound')).toContain(`service account ${namespace}/deployer`);
  await client.mergePatch(CONFIG_MAPS, { namespace, name: 'one' }, { data: { k: 'changed' } });
  await delay(1_000);
  expect((await world.get(CONFIG_MAPS, 'one'))?.['data']).toEqual({ k: 'changed' });
  await makeAccount(client, namespace, 'deployer');
  await eventually(async () => {
    expect((await world.get(CONFIG_MAPS, 'one'))?.['data']).toEqual({ k: 'v' });
  }, LONG);
});

test('a deleted namespace takes its GitSync with it, and what stays elsewhere is said', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  const other = await freshNamespace(client, 'elsewhere');
  await makeAccount(client, namespace, 'deployer');
  await allow(client, other, { name: 'deployer', from: namespace }, CONFIG_MAP_RIGHTS);
  await world.repository.commit({ 'a.yaml': configMap('far', `, namespace: ${other}`) });
  const engine = await world.startEngine();
  await world.createGitSync('app', { prune: true, serviceAccountName: 'deployer', retryInterval: '1s' });
  await world.untilReason('app', 'Applied');
  // The account and its rights go in the order that hurts.
  await client.delete(rbacType('RoleBinding'), { namespace: other, name: `${namespace}-deployer` });
  await client.delete(SERVICE_ACCOUNTS, { namespace, name: 'deployer' });
  await client.delete(NAMESPACES, { name: namespace });
  await eventually(async () => expect(await client.get(GIT_SYNCS, { namespace, name: 'app' })).toBeNull(), LONG);
  expect(await world.get(CONFIG_MAPS, 'far', other)).not.toBeNull();
  expect(engine.logs.join('\n')).toContain('objects stay behind');
});

test('a default account acts for those that name none', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  await makeAccount(client, namespace, 'tenant');
  await world.repository.commit({ 'one.yaml': configMap('one') });
  await world.startEngine({ defaultServiceAccount: 'tenant' });
  await world.createGitSync('app', { retryInterval: '1s' });
  expect(await untilMessage(world, 'app', 'Forbidden')).toContain(`system:serviceaccount:${namespace}:tenant`);
  await allow(client, namespace, { name: 'tenant' }, CONFIG_MAP_RIGHTS);
  await eventually(() => world.untilReason('app', 'Applied'), LONG);
});

test('sync plan asks in the name of the account, and of nobody else', async () => {
  const world = await createSyncWorld();
  const { client, namespace } = world;
  const { server, caPem = '' } = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  for (const name of ['deployer', 'person']) await makeAccount(client, namespace, name);
  await world.createGitSync('app', { serviceAccountName: 'deployer' });
  const admin = inject('kubeconfig');
  const person = await kubeconfigFile(inlineKubeconfig({ server, caPem }, await tokenOf(client, namespace, 'person')));
  const rights = [{ apiGroups: ['signet.dev'], resources: ['gitsyncs', 'inventories'], verbs: ['get'] }];
  await allow(client, namespace, { name: 'person' }, [...rights, ...CONFIG_MAP_RIGHTS]);
  await withTempFolder(async (cwd) => {
    await writeFile(path.join(cwd, 'one.yaml'), configMap('one'));
    const plan = (kubeconfig: string) =>
      runCli(['sync', 'plan', 'app', '-n', namespace, '--dir', '.', '--kubeconfig', kubeconfig], { cwd });
    const user = `system:serviceaccount:${namespace}:deployer`;
    const weak = await plan(admin);
    expect(weak.stdout + weak.stderr).toContain(`User "${user}" may not get configmaps`);
    await allow(client, namespace, { name: 'deployer' }, CONFIG_MAP_RIGHTS);
    await eventually(async () =>
      expect(await plan(admin)).toMatchObject({ code: 1, stderr: expect.stringContaining('1 create') }),
    );
    // The person may write ConfigMaps, and may not act for the account.
    const refused = await plan(person);
    expect(refused.code).toBeGreaterThan(0);
    expect(refused.stdout + refused.stderr).toContain('impersonate');
    expect(refused.stderr).not.toContain('1 create');
  });
});
