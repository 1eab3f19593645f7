import { expect, test } from 'vitest';
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { SyncPreview } from '../../shared/sync/preview-sync.ts';
import { previewSync } from '../../shared/sync/preview-sync.ts';
import { createValueDigest } from '../../shared/sync/value-digest.ts';
import { loadTree } from '../support/load-tree.ts';
import { configMap, widgetDefinition } from '../support/manifests.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const digest = createValueDigest(SecretBytes.fromText('a key of this test'));

async function preview(world: SyncWorld, name: string, files: Record<string, string>): Promise<SyncPreview> {
  const gitSync = await world.gitSync(name);
  const entries = (await world.inventory(name))?.spec.entries ?? [];
  return previewSync({ client: world.client, digest }, { gitSync, tree: loadTree(files), entries });
}

function lines({ actions }: SyncPreview): string[] {
  return actions.map(({ kind, identity, reason }) =>
    [kind, identity.kind, identity.name, ...(reason === undefined ? [] : [reason])].join(' '),
  );
}

test('previewSync says what a sync then does, and writes nothing', async () => {
  const world = await createSyncWorld();
  const secret = (value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: {name: login}\nstringData: {password: ${value}, user: me}\n`;
  await world.repository.commit({
    'a.yaml': configMap('a', '1'),
    'b.yaml': configMap('b', '1'),
    'c.yaml': configMap('c', '1'),
    's.yaml': secret('s3cret-one'),
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await engine.stop();
  await world.annotate(CONFIG_MAPS, 'c', { 'signet.dev/prune': 'disabled' });
  const before = await world.get(SECRETS, 'login');
  const result = await preview(world, 'app', {
    'a.yaml': configMap('a', '2'),
    's.yaml': secret('s3cret-two'),
    'new.yaml': configMap('new', '1'),
  });
  expect(lines(result)).toEqual([
    'update ConfigMap a',
    'create ConfigMap new',
    'update Secret login',
    'prune ConfigMap b',
    'keep ConfigMap c its annotation disables pruning',
  ]);
  expect(result.actions[0]?.changes).toEqual([{ path: '/data/value', before: '"1"', after: '"2"' }]);
  expect(result.actions[2]?.changes).toEqual([
    {
      path: '/data/password',
      before: expect.stringMatching(/^"hmac:live:[0-9a-f]{12}"$/),
      after: expect.stringMatching(/^"hmac:git:[0-9a-f]{12}"$/),
    },
  ]);
  expect(result.actions[0]?.diff).toEqual([
    '@@ -6,4 +6,4 @@',
    '   name: a',
    `   namespace: ${world.namespace}`,
    ' data:',
    '-  value: "1"',
    '+  value: "2"',
  ]);
  expect(result.actions[1]?.diff?.slice(0, 2)).toEqual(['@@ -0,0 +1,9 @@', '+apiVersion: v1']);
  expect(JSON.stringify(result)).not.toMatch(/s3cret|czNjcmV0/);
  expect((await world.get(SECRETS, 'login'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
  expect(await world.get(CONFIG_MAPS, 'new')).toBeNull();
});

test('previewSync reports conflicts, refusals and kinds that nobody serves, object by object', async () => {
  const world = await createSyncWorld();
  const suffix = world.namespace.slice(-8);
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('first');
  const engine = await world.startEngine();
  await world.untilReason('first', 'Applied');
  await world.createGitSync('second');
  await engine.stop();
  const group = `p${suffix}.example.com`;
  const result = await preview(world, 'second', {
    'a.yaml': configMap('a', '2'),
    'bad.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n',
    'crd.yaml': widgetDefinition(group),
    'gadget.yaml': 'apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: g}\n',
    'namespace.yaml': `apiVersion: v1\nkind: Namespace\nmetadata: {name: new-${suffix}}\n`,
    'there.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there, namespace: new-${suffix}}\n`,
    'widget.yaml': `apiVersion: ${group}/v1\nkind: Widget\nmetadata: {name: w}\n`,
  });
  expect(lines(result).map((line) => line.replaceAll(suffix, 'X'))).toEqual([
    'create Namespace new-X',
    'create CustomResourceDefinition widgets.pX.example.com',
    'create ConfigMap there its namespace comes with the same commit',
    `conflict ConfigMap a belongs to GitSync ${world.namespace.replace(suffix, 'X')}/first, which applies it, too`,
    expect.stringMatching(/^failed Service bad .*port/),
    'create Widget w its kind comes with the same commit',
    'failed Gadget g no kind "Gadget" in version "example.com/v1" is served by the cluster',
  ]);
});

test('previewSync of files with problems lists the problems and plans nothing', async () => {
  const world = await createSyncWorld();
  await world.createGitSync('app', { prune: true });
  const result = await preview(world, 'app', { 'a.yaml': configMap('a', '1'), 'b.yaml': 'kind: [\n' });
  expect(result.actions).toEqual([]);
  expect(result.problems.map(({ file }) => file)).toEqual(['b.yaml']);
});

test('previewSync of an empty folder shows what the guard keeps from being pruned', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  await engine.stop();
  const result = await preview(world, 'app', {});
  expect(lines(result)).toEqual(['prune ConfigMap a']);
  expect(result.refusal?.reason).toBe('EmptyRender');
});
