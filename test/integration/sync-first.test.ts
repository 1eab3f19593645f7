import { expect, test } from 'vitest';
import { CONFIG_MAPS, CUSTOM_RESOURCE_DEFINITIONS, NAMESPACES, SECRETS } from '../../shared/kube/resource-type.ts';
import { widgetDefinition } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

test('a first sync applies a mixed commit, its own kinds and namespaces included', async () => {
  const world = await createSyncWorld();
  const suffix = world.namespace.slice(-8);
  const commit = await world.repository.commit({
    'crd.yaml': widgetDefinition(`w${suffix}.example.com`),
    'widget.yaml': `apiVersion: w${suffix}.example.com/v1\nkind: Widget\nmetadata: {name: one}\nspec: {size: 3}\n`,
    'namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: extra-${suffix}}\n`,
    'extra.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there, namespace: extra-${suffix}}\ndata: {a: b}\n`,
    'app.yaml': [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: "on"}\n',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: s3cret}\n',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n',
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader-${suffix}, namespace: dropped}\nrules: []\n`,
    ].join('---\n'),
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  const gitSync = await world.untilReason('app', 'Applied', commit);
  expect(gitSync.status).toMatchObject({
    lastAppliedRevision: `main@sha1:${commit}`,
    lastAttemptedRevision: `main@sha1:${commit}`,
    inventory: { name: 'app', objects: 8 },
  });
  expect(gitSync.status?.failures ?? null).toBeNull();
  expect((await world.get(CONFIG_MAPS, 'settings'))?.metadata.annotations).toEqual({
    'signet.dev/git-sync': `${world.namespace}/app`,
  });
  expect(await world.get(CONFIG_MAPS, 'there', `extra-${suffix}`)).not.toBeNull();
  expect((await world.get(SECRETS, 'login'))?.['data']).toEqual({ password: Buffer.from('s3cret').toString('base64') });
  const inventory = await world.inventory('app');
  expect(inventory?.spec.entries.every(({ state, digest }) => state === 'applied' && digest?.length === 32)).toBe(true);
  expect(inventory?.spec.entries.find(({ kind }) => kind === 'ClusterRole')?.namespace).toBe('');
  // Else it would repair what is taken away here.
  await engine.stop();
  expect(engine.logs.join('\n')).not.toContain('s3cret');
  await world.client.delete(NAMESPACES, { name: `extra-${suffix}` });
  await world.client.delete(CUSTOM_RESOURCE_DEFINITIONS, { name: `widgets.w${suffix}.example.com` });
});

test('a definition that gains a version, and objects of that version, arrive in one commit', async () => {
  const world = await createSyncWorld();
  const group = `v${world.namespace.slice(-8)}.example.com`;
  const widget = (version: string): string =>
    `apiVersion: ${group}/${version}\nkind: Widget\nmetadata: {name: one}\nspec: {size: 1}\n`;
  await world.repository.commit({ 'crd.yaml': widgetDefinition(group), 'w.yaml': widget('v1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const type = (await world.client.findType(`${group}/v1`, 'Widget'))!;
  const before = await world.get(type, 'one');
  const schema = '{openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}';
  const second = `    - {name: v2, served: true, storage: false, schema: ${schema}}\n`;
  const commit = await world.repository.commit({
    'crd.yaml': widgetDefinition(group) + second,
    'w.yaml': widget('v2'),
  });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect((await world.get(type, 'one'))?.metadata.uid).toBe(before?.metadata.uid);
  expect((await world.inventory('app'))?.spec.entries.find(({ kind }) => kind === 'Widget')?.version).toBe('v2');
  await world.deleteGitSync('app');
});
