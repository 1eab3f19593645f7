import { expect, test } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, configMaps } from '../support/manifests.ts';
import { DEPLOYMENTS, JOBS, rbacType } from '../support/resource-types.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const ALLOWED = 'signet.dev/recreate: allowed';
const MARK = 'canary-value-of-a-job';

function job(image: string, annotations = ''): string {
  return `apiVersion: batch/v1
kind: Job
metadata: {name: once, annotations: {${annotations}}}
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: ${image}, env: [{name: TOKEN, value: ${MARK}}]}]
`;
}

function deployment(selector: string, annotations = '', container = 'main'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {${annotations}}}
spec:
  replicas: 0
  selector: {matchLabels: {app: ${selector}}}
  template:
    metadata: {labels: {app: ${selector}}}
    spec: {containers: [{name: ${container}, image: example.com/web:1}]}
`;
}

function binding(role: string, annotations = ''): string {
  return `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: binding, annotations: {${annotations}}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${role}}
subjects: [{kind: ServiceAccount, name: default}]
`;
}

function fixed(value: string, annotations = ''): string {
  return `apiVersion: v1
kind: Secret
metadata: {name: fixed, annotations: {${annotations}}}
immutable: true
stringData: {value: ${value}}
`;
}

async function uidOf(world: SyncWorld, type: Parameters<SyncWorld['get']>[0], name: string): Promise<string> {
  return (await world.get(type, name))?.metadata.uid ?? 'absent';
}

/** Everything that the engine and its status said. */
async function saidBy(world: SyncWorld, logs: readonly string[], events: readonly unknown[]): Promise<string> {
  return JSON.stringify([(await world.gitSync('app')).status, logs, events]);
}

test('what cannot be changed in place is made anew when Git allows it, and nothing of its values is repeated', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({
    'job.yaml': job('example.com/a:1', ALLOWED),
    'web.yaml': deployment('one', 'kustomize.toolkit.fluxcd.io/force: enabled'),
    'binding.yaml': binding('view', '"argocd.argoproj.io/sync-options": "Force=true,Replace=true"'),
    'fixed.yaml': fixed('first', ALLOWED),
  });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const before = await uidOf(world, JOBS, 'once');
  const commit = await world.repository.commit({
    'job.yaml': job('example.com/a:2', ALLOWED),
    'web.yaml': deployment('two', 'kustomize.toolkit.fluxcd.io/force: enabled'),
    'binding.yaml': binding('edit', '"argocd.argoproj.io/sync-options": "Force=true,Replace=true"'),
    'fixed.yaml': fixed('second', ALLOWED),
  });
  await world.reconcile('app');
  await world.untilReason('app', 'Applied', commit);
  expect(await uidOf(world, JOBS, 'once')).not.toBe(before);
  expect(await world.get(JOBS, 'once')).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'example.com/a:2' }] } } },
  });
  expect(await world.get(DEPLOYMENTS, 'web')).toMatchObject({ spec: { selector: { matchLabels: { app: 'two' } } } });
  expect(await world.get(rbacType('RoleBinding'), 'binding')).toMatchObject({ roleRef: { name: 'edit' } });
  expect(await world.get(SECRETS, 'fixed')).toMatchObject({
    data: { value: Buffer.from('second').toString('base64') },
  });
  const recreated = engine.events.filter(({ reason }) => reason === 'Recreated');
  expect(recreated).toHaveLength(4);
  const said = await saidBy(world, engine.logs, engine.events);
  for (const value of [MARK, 'second', Buffer.from('second').toString('base64')]) expect(said).not.toContain(value);
});

test('without leave nothing is deleted: the object is reported, and wants approval', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'job.yaml': job('example.com/a:1'), 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const before = await uidOf(world, JOBS, 'once');
  const commit = await world.repository.commit({ 'job.yaml': job('example.com/a:2'), 'a.yaml': configMap('a', '2') });
  await world.reconcile('app');
  const held = await world.untilReason('app', 'ApprovalNeeded', commit);
  expect(await uidOf(world, JOBS, 'once')).toBe(before);
  expect(held.status?.approval?.items).toMatchObject([{ action: 'Recreate', kind: 'Job', name: 'once', uid: before }]);
  expect(held.status?.failures?.[0]).toMatchObject({ kind: 'Job', name: 'once', file: 'job.yaml' });
  expect(held.status?.failures?.[0]?.message).toContain('field is immutable');
  expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
  expect(await saidBy(world, engine.logs, engine.events)).not.toContain(MARK);
});

test('a manifest that is merely wrong deletes nothing, whatever it is allowed', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'web.yaml': deployment('one', ALLOWED) });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const before = await uidOf(world, DEPLOYMENTS, 'web');
  // The selector cannot be changed, and the name of the container is none: the second alone refuses the new one as well.
  const commit = await world.repository.commit({ 'web.yaml': deployment('two', ALLOWED, 'Not_A_Name') });
  await world.reconcile('app');
  const failed = await world.untilReason('app', 'ApplyFailed', commit);
  expect(failed.status?.approval).toBeUndefined();
  expect(await uidOf(world, DEPLOYMENTS, 'web')).toBe(before);
});

test('an object that belongs to somebody else by now is not deleted', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'job.yaml': job('example.com/a:1', ALLOWED) });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  await world.patchSpec('app', { suspend: true });
  await eventually(async () => {
    expect((await world.gitSync('app')).status?.conditions?.some(({ reason }) => reason === 'Suspended')).toBe(true);
  });
  await world.annotate(JOBS, 'once', { 'signet.dev/git-sync': null });
  const before = await uidOf(world, JOBS, 'once');
  const commit = await world.repository.commit({ 'job.yaml': job('example.com/a:2', ALLOWED) });
  await world.patchSpec('app', { suspend: false });
  await world.untilReason('app', 'ApplyFailed', commit);
  expect(await uidOf(world, JOBS, 'once')).toBe(before);
});

test('a controller that dies between deletion and creation leaves nothing that the next one does not mend', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'job.yaml': job('example.com/a:1', ALLOWED) });
  await world.createGitSync('app', { prune: true });
  // One object, one refused change; dead before it is made anew.
  await world.startEngine({ diesAfterApplies: 2 });
  await world.untilReason('app', 'Applied');
  const commit = await world.repository.commit({ 'job.yaml': job('example.com/a:2', ALLOWED) });
  const annotations = { 'signet.dev/reconcile-requested-at': 'now' };
  await world.annotate(
    { group: 'signet.dev', version: 'v1alpha1', kind: 'GitSync', plural: 'gitsyncs', namespaced: true },
    'app',
    annotations,
  );
  await eventually(async () => expect(await world.get(JOBS, 'once')).toBeNull());
  await world.startEngine();
  await world.untilReason('app', 'Applied', commit);
  expect(await world.get(JOBS, 'once')).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'example.com/a:2' }] } } },
  });
});

test('an object that takes its time to go comes back when it is gone', async () => {
  const world = await createSyncWorld();
  await world.repository.commit({ 'fixed.yaml': fixed('first', ALLOWED), 'all.yaml': configMaps(2) });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const reference = { namespace: world.namespace, name: 'fixed' };
  await world.client.mergePatch(SECRETS, reference, { metadata: { finalizers: ['example.com/hold'] } });
  const commit = await world.repository.commit({ 'fixed.yaml': fixed('second', ALLOWED) });
  await world.reconcile('app');
  await world.untilReason('app', 'ApplyFailed', commit);
  expect((await world.get(SECRETS, 'fixed'))?.metadata.deletionTimestamp).toBeDefined();
  await world.client.mergePatch(SECRETS, reference, { metadata: { finalizers: null } });
  await world.untilReason('app', 'Applied', commit);
  expect(await world.get(SECRETS, 'fixed')).toMatchObject({
    data: { value: Buffer.from('second').toString('base64') },
  });
});

test('an object that was there before and only says that it is ours is not deleted', async () => {
  const world = await createSyncWorld();
  const metadata = {
    namespace: world.namespace,
    name: 'fixed',
    annotations: { 'signet.dev/git-sync': `${world.namespace}/app` },
  };
  const data = { value: Buffer.from('theirs').toString('base64') };
  await world.client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, immutable: true, data });
  await world.repository.commit({ 'fixed.yaml': fixed('ours', ALLOWED) });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'ApplyFailed');
  expect(await world.get(SECRETS, 'fixed')).toMatchObject({ data });
});
