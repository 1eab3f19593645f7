import { expect, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap } from '../support/manifests.ts';
import { createSyncWorld } from '../support/sync-engine.ts';

test('bad objects among good ones fail alone, with file, line and reason', async () => {
  const world = await createSyncWorld();
  const commit = await world.repository.commit({
    'good.yaml': configMap('good', '1'),
    'bad.yaml': [
      configMap('fine', '1'),
      'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 99999}]}\n',
      'apiVersion: example.com/v1\nkind: Gadget\nmetadata: {name: unknown}\n',
    ].join('---\n'),
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  const gitSync = await world.untilReason('app', 'ApplyFailed', commit);
  expect(gitSync.status?.failures).toMatchObject([
    { kind: 'Service', name: 'bad', namespace: world.namespace, file: 'bad.yaml', line: 6 },
    {
      kind: 'Gadget',
      name: 'unknown',
      file: 'bad.yaml',
      line: 11,
      message: 'no kind "Gadget" in version "example.com/v1" is served by the cluster',
    },
  ]);
  expect(gitSync.status?.conditions?.map(({ type, status }) => `${type} ${status}`)).toEqual([
    'Ready False',
    'Reconciling True',
    'Stalled False',
  ]);
  expect(gitSync.status?.lastAppliedRevision).toBeUndefined();
  expect(await world.get(CONFIG_MAPS, 'good')).not.toBeNull();
  expect(await world.get(CONFIG_MAPS, 'fine')).not.toBeNull();
  const mended = await world.repository.commit({ 'bad.yaml': configMap('fine', '1') });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', mended);
  // Of all the rounds that failed.
  expect(engine.events.filter(({ type }) => type === 'Warning')).toHaveLength(1);
});

test('nothing is pruned while an object cannot be applied', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'old.yaml': configMap('old', '1'), 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const broken = 'apiVersion: v1\nkind: Service\nmetadata: {name: new}\nspec: {ports: [{port: 0}]}\n';
  const commit = await world.repository.commit({ 'old.yaml': null, 'new.yaml': broken });
  await world.reconcile('app');
  const failed = await world.untilReason('app', 'ApplyFailed', commit);
  expect(failed.status?.conditions?.[0]?.message).toContain('1 that left the source will be pruned once');
  expect(await world.get(CONFIG_MAPS, 'old')).not.toBeNull();
});

test('a commit with an unreadable file is refused whole, and the one before stays enforced', async () => {
  const world = await createSyncWorld();
  const first = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied', first);
  const commit = await world.repository.commit({
    'a.yaml': configMap('a', '2'),
    'b.yaml': null,
    'broken.yaml': 'kind: ConfigMap\n  name: [oops\n',
    'twice.yaml': `${configMap('twice', '1')}---\n${configMap('twice', '2')}`,
  });
  await world.reconcile('app');
  const refused = await world.untilReason('app', 'RenderFailed', commit);
  expect(refused.status?.failures?.map(({ file }) => file)).toEqual(['broken.yaml', 'twice.yaml']);
  expect(refused.status).toMatchObject({
    lastAttemptedRevision: `main@sha1:${commit}`,
    lastAppliedRevision: `main@sha1:${first}`,
  });
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '1' });
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'b' });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'b')).not.toBeNull());
});

test('an object that is written twice only by its default namespace is found, too', async () => {
  const world = await createSyncWorld();
  const named = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ${world.namespace}}\n`;
  await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': named });
  await world.createGitSync('app');
  await world.startEngine();
  const refused = await world.untilReason('app', 'RenderFailed');
  expect(refused.status?.failures?.[0]?.message).toContain('is also written at a.yaml:1');
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
});

test('a branch that disappears deletes nothing', async () => {
  const world = await createSyncWorld();
  const first = await world.repository.commit({ 'a.yaml': configMap('a', '1') }, { branch: 'release' });
  await world.createGitSync('app', { source: { url: world.repository.url, ref: { branch: 'release' } }, prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied', first);
  await world.repository.deleteBranch('release');
  await world.reconcile('app');
  const failed = await world.untilReason('app', 'RefNotFound');
  expect(failed.status?.lastAppliedRevision).toBe(`release@sha1:${first}`);
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  await eventually(async () => expect(await world.get(CONFIG_MAPS, 'a')).not.toBeNull());
});

test('credentials in the URL stall the GitSync and are never echoed', async () => {
  const world = await createSyncWorld();
  // The definition keeps others out.
  await world.createGitSync('app', { source: { url: 'me@git.example.com:hunter2@elsewhere.example.com:a.git' } });
  const engine = await world.startEngine();
  const refused = await world.untilReason('app', 'SourceRefused');
  expect(refused.status?.conditions?.find(({ type }) => type === 'Stalled')?.status).toBe('True');
  expect(JSON.stringify([refused.status, engine.events.map(({ message }) => message), engine.logs])).not.toContain(
    'hunter2',
  );
});

test('a path that does not exist or leaves the repository is refused', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.startEngine();
  await world.createGitSync('missing', { source: { url: world.repository.url, path: 'nowhere' }, prune: true });
  await world.createGitSync('outside', { source: { url: world.repository.url, path: '../etc' }, prune: true });
  await world.untilReason('missing', 'PathInvalid');
  await world.untilReason('outside', 'PathInvalid');
});

test('a login that is missing or unusable is named', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { source: { url: world.repository.url, secretRef: { name: 'login' } } });
  await world.startEngine();
  const refused = await world.untilReason('app', 'CredentialsInvalid');
  expect(refused.status?.conditions?.[0]?.message).toContain(`${world.namespace}/login`);
  await world.client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login', namespace: world.namespace },
    data: { username: Buffer.from('a\nb\n').toString('base64') },
  });
  await world.reconcile('app');
  const unusable = await world.untilReason('app', 'CredentialsInvalid');
  expect(unusable.status?.conditions?.[0]?.message).toContain('key "username"');
});
