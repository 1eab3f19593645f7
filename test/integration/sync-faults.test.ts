import { expect, inject, onTestFinished, test } from 'vitest';
import { CONFIG_MAPS, GIT_SYNCS, type ResourceType } from '../../shared/kube/resource-type.ts';
import type { GitSync, SyncFailure } from '../../shared/resources/git-sync.ts';
import { registerWebhook } from '../support/admission-webhook.ts';
import { type ApiProxy, startApiProxy } from '../support/api-proxy.ts';
import { eventually } from '../support/eventually.ts';
import { configMap, configMaps } from '../support/manifests.ts';
import { createSyncWorld, type SyncWorld } from '../support/sync-engine.ts';

const LONG = { timeoutMs: 60_000 };
const QUOTAS: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  namespaced: true,
};

/** What an API server says that has forgotten what the watch asks for. */
const GONE = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version: 1 (2)',
  reason: 'Expired',
  code: 410,
};
const GONE_AT_ONCE = { kind: 'answer', status: 410, body: JSON.stringify(GONE) } as const;
const GONE_IN_STREAM = { kind: 'answer', status: 200, body: JSON.stringify({ type: 'ERROR', object: GONE }) } as const;

async function proxyBefore(): Promise<ApiProxy> {
  const proxy = await startApiProxy(inject('kubeconfig'));
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** Waits for Ready to have this reason, its message to say `words`. */
function untilSays(world: SyncWorld, reason: string, words: RegExp): Promise<GitSync> {
  return eventually(async () => {
    const gitSync = await world.gitSync('app');
    const ready = readyOf(gitSync);
    if (ready?.reason !== reason || !words.test(ready.message))
      throw new Error(JSON.stringify(gitSync.status, null, 1));
    return gitSync;
  }, LONG);
}

const untilApplied = (world: SyncWorld, commit: string): Promise<GitSync> =>
  eventually(() => world.untilReason('app', 'Applied', commit), LONG);

function readyOf({ status }: GitSync) {
  return status?.conditions?.find(({ type }) => type === 'Ready');
}

async function dataOf(world: SyncWorld, name: string): Promise<unknown> {
  return ((await world.get(CONFIG_MAPS, name))?.['data'] as { value?: string } | undefined)?.value;
}

const failed = (world: SyncWorld, name: string, file: string): Partial<SyncFailure> => ({
  kind: 'ConfigMap',
  namespace: world.namespace,
  name,
  file,
});

/**
 * A quota that admits no ConfigMap, and what changes how many it admits. No controller of this control plane counts what is there: the API server itself
 * adds what it admits to what the status says.
 */
async function makeQuota({ client, namespace, get }: SyncWorld): Promise<(hard: string) => Promise<void>> {
  const place = { namespace, name: 'few' };
  // The cluster's own ConfigMap may come late, and would count.
  await eventually(async () => expect(await get(CONFIG_MAPS, 'kube-root-ca.crt')).not.toBeNull());
  const hard = { 'count/configmaps': '0' };
  await client.create(QUOTAS, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: place, spec: { hard } });
  await client.mergePatch(QUOTAS, place, { status: { hard, used: hard } }, { subresource: 'status' });
  const probe = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'probe' } };
  await eventually(() => expect(client.create(CONFIG_MAPS, probe, { dryRun: true })).rejects.toThrow('exceeded'));
  return async (count) => {
    const more = { hard: { 'count/configmaps': count } };
    await client.mergePatch(QUOTAS, place, { spec: more });
    await client.mergePatch(QUOTAS, place, { status: more }, { subresource: 'status' });
  };
}

test('a webhook that denies an object, or does not answer, is named beside it, and the rest goes on', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const name = `denials.${namespace}.example.com`;
  const webhook = await registerWebhook(world.client, {
    name,
    namespace,
    verdict: (object) => (object === 'denied' ? 'not on a Sunday' : null),
  });
  onTestFinished(() => webhook.remove());
  const commit = await world.repository.commit({
    'denied.yaml': configMap('denied', '1'),
    'fine.yaml': configMap('fine', '1'),
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();

  const refused = await untilSays(world, 'ApplyFailed', /^1 object could not be applied: denied\.yaml:1: /);
  expect(refused.status?.failures).toEqual([
    expect.objectContaining({
      ...failed(world, 'denied', 'denied.yaml'),
      message: expect.stringContaining(`admission webhook "${name}" denied the request`),
    }),
  ]);
  expect(await dataOf(world, 'fine')).toBe('1');
  const since = readyOf(refused)?.lastTransitionTime;
  await world.reconcile('app');
  expect(readyOf(await world.gitSync('app'))?.lastTransitionTime).toBe(since);

  await webhook.hangUp();
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'fine' });
  const { status } = await untilSays(world, 'ApplyFailed', /^2 objects could not be applied/);
  const { failures } = status ?? {};
  expect(failures).toMatchObject([failed(world, 'denied', 'denied.yaml'), failed(world, 'fine', 'fine.yaml')]);
  for (const { message } of failures ?? []) expect(message).toContain(`failed calling webhook "${name}"`);

  await webhook.remove();
  await untilApplied(world, commit);
  expect(await dataOf(world, 'denied')).toBe('1');
  expect(await dataOf(world, 'fine')).toBe('1');
});

test('a webhook that denies the repair of a changed object takes Ready away until it allows it', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const name = `repairs.${namespace}.example.com`;
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await untilApplied(world, commit);
  const webhook = await registerWebhook(world.client, { name, namespace, verdict: () => null });
  onTestFinished(() => webhook.remove());
  // The stranger's deletion is none of the webhook's business; our repair is.
  webhook.judge((object) => (object === 'a' ? 'no' : null));
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'a' });
  const refused = await untilSays(world, 'ApplyFailed', /denied the request/);
  expect(refused.status?.failures).toMatchObject([failed(world, 'a', 'a.yaml')]);
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'b' });
  await eventually(async () => expect(await dataOf(world, 'b')).toBe('1'), LONG);
  webhook.judge(() => null);
  await untilApplied(world, commit);
  expect(await dataOf(world, 'a')).toBe('1');
});

test('a quota that is used up is named with what it allows, for the objects that it refuses alone', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const setQuota = await makeQuota(world);
  await setQuota('2');
  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n';
  const commit = await world.repository.commit({ 'all.yaml': configMaps(4), 'account.yaml': account });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();

  await eventually(async () => {
    const refused = await untilSays(world, 'ApplyFailed', /^2 objects could not be applied: all\.yaml:/);
    for (const { message } of refused.status?.failures ?? [])
      expect(message).toContain(
        'quota few is exceeded: requested count/configmaps=1, used count/configmaps=2, limit count/configmaps=2',
      );
  }, LONG);
  const made = (await world.client.list(CONFIG_MAPS, { namespace })).items.filter(({ metadata }) =>
    metadata.name?.startsWith('object-'),
  );
  expect(made).toHaveLength(2);

  await setQuota('10');
  await untilApplied(world, commit);
});

test('an object that left Git and whose finalizer never ends is named with it and since when, until it is gone', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  await world.repository.commit({
    'keep.yaml': configMap('keep', '1'),
    'stuck.yaml': configMap('stuck', '1'),
    'free.yaml': configMap('free', '1'),
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await world.untilReason('app', 'Applied');
  const stuck = { namespace, name: 'stuck' };
  await world.client.mergePatch(CONFIG_MAPS, stuck, { metadata: { finalizers: ['example.com/never'] } });
  const files = { 'stuck.yaml': null, 'free.yaml': null, 'new.yaml': configMap('new', '1') };
  const commit = await world.repository.commit(files);
  await world.reconcile('app');

  await untilSays(
    world,
    'Pruning',
    new RegExp(
      `^waiting until these are gone: ConfigMap ${namespace}/stuck \\(since \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z, held by finalizer example\\.com/never\\)$`,
    ),
  );
  expect(await world.get(CONFIG_MAPS, 'free')).toBeNull();
  expect(await dataOf(world, 'new')).toBe('1');
  const next = await world.repository.commit({ 'new.yaml': configMap('new', '2') });
  await world.reconcile('app');
  expect(await dataOf(world, 'new')).toBe('2');
  await world.untilReason('app', 'Pruning', next);

  await world.client.mergePatch(CONFIG_MAPS, stuck, { metadata: { finalizers: null } });
  const done = await untilApplied(world, next);
  expect(done.status?.inventory?.objects).toBe(2);
  expect(commit).not.toBe(next);
});

test('an object of Git that somebody deletes and a finalizer keeps takes Ready away, and comes back when it is gone', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine();
  await untilApplied(world, commit);
  const stuck = { namespace, name: 'a' };
  const { metadata } = await world.client.mergePatch(CONFIG_MAPS, stuck, {
    metadata: { finalizers: ['example.com/never'] },
  });
  await world.client.delete(CONFIG_MAPS, stuck);

  const held = await untilSays(
    world,
    'ApplyFailed',
    /is being deleted.*\(since \d{4}-.*held by finalizer example\.com\/never/,
  );
  expect(held.status?.failures).toMatchObject([failed(world, 'a', 'a.yaml')]);
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'b' });
  await eventually(async () => expect(await dataOf(world, 'b')).toBe('1'), LONG);

  await world.client.mergePatch(CONFIG_MAPS, stuck, { metadata: { finalizers: null } });
  await untilApplied(world, commit);
  const made = await world.get(CONFIG_MAPS, 'a');
  expect(made?.metadata.uid).not.toBe(metadata.uid);
});

test('an API server that has too much to do is named, asked again when it said so, and holds up nothing else', async () => {
  const world = await createSyncWorld();
  const proxy = await proxyBefore();
  const tooMany = { kind: 'answer', status: 429, headers: { 'retry-after': '1' } } as const;
  proxy.decide(({ isWrite, path }) => (isWrite && path.includes('/configmaps/busy') ? tooMany : { kind: 'pass' }));
  const commit = await world.repository.commit({
    'busy.yaml': configMap('busy', '1'),
    'free.yaml': configMap('free', '1'),
  });
  await world.createGitSync('app', { prune: true });
  await world.startEngine({ kubeconfig: proxy.kubeconfig });

  const refused = await untilSays(world, 'ApplyFailed', /HTTP 429/);
  expect(refused.status?.failures).toMatchObject([failed(world, 'busy', 'busy.yaml')]);
  expect(await dataOf(world, 'free')).toBe('1');

  proxy.decide(null);
  await untilApplied(world, commit);
  expect(await dataOf(world, 'busy')).toBe('1');
});

test('a server that refuses everything for a while is waited for, and told nothing of it in the end', async () => {
  const world = await createSyncWorld();
  const proxy = await proxyBefore();
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine({ kubeconfig: proxy.kubeconfig });
  await world.untilReason('app', 'Applied');
  let refusals = 0;
  proxy.decide(() => {
    refusals += 1;
    return { kind: 'answer', status: 429, headers: { 'retry-after': '1' } };
  });
  proxy.cutWatches();
  await world.client.delete(CONFIG_MAPS, { namespace: world.namespace, name: 'a' });
  const commit = await world.repository.commit({ 'b.yaml': configMap('b', '1') });
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/reconcile-requested-at': 'now' });
  await eventually(() => expect(refusals).toBeGreaterThan(20), LONG);

  proxy.decide(null);
  await untilApplied(world, commit);
  await eventually(async () => expect(await dataOf(world, 'a')).toBe('1'), LONG);
});

test('watches that the server calls gone again and again are begun anew, and nothing is missed', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const proxy = await proxyBefore();
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1'), 'b.yaml': configMap('b', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine({ kubeconfig: proxy.kubeconfig });
  await untilApplied(world, commit);
  let asked = 0;
  proxy.decide(({ isWatch }) => {
    if (!isWatch) return { kind: 'pass' };
    asked += 1;
    return asked % 2 === 0 ? GONE_AT_ONCE : GONE_IN_STREAM;
  });
  proxy.cutWatches();
  await eventually(() => expect(asked).toBeGreaterThan(5), LONG);
  await world.client.mergePatch(CONFIG_MAPS, { namespace, name: 'a' }, { data: { value: 'changed' } });
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'b' });
  await eventually(async () => {
    expect(await dataOf(world, 'a')).toBe('1');
    expect(await dataOf(world, 'b')).toBe('1');
  }, LONG);

  proxy.decide(null);
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'a' });
  await eventually(async () => expect(await dataOf(world, 'a')).toBe('1'), LONG);
  const next = await world.repository.commit({ 'b.yaml': null });
  await world.reconcile('app');
  await untilApplied(world, next);
  expect(await world.get(CONFIG_MAPS, 'b')).toBeNull();
});

test('watches that tell nothing hold up no commit, and what happened meanwhile deletes nothing of others', async () => {
  const world = await createSyncWorld();
  const { namespace } = world;
  const proxy = await proxyBefore();
  const first = {
    'a.yaml': configMap('a', '1'),
    'gone.yaml': configMap('gone', '1'),
    'left.yaml': configMap('left', '1'),
  };
  await world.repository.commit(first);
  await world.createGitSync('app', { prune: true });
  await world.startEngine({ kubeconfig: proxy.kubeconfig });
  await world.untilReason('app', 'Applied');
  const held = Promise.withResolvers<void>();
  onTestFinished(() => held.resolve());
  proxy.decide(({ isWatch, path }) =>
    isWatch && path.includes('/configmaps') ? { kind: 'pass', gate: () => held.promise } : { kind: 'pass' },
  );
  proxy.cutWatches();
  await world.client.mergePatch(CONFIG_MAPS, { namespace, name: 'a' }, { data: { value: 'changed' } });
  await world.client.delete(CONFIG_MAPS, { namespace, name: 'gone' });
  const stranger = await world.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: 'gone' },
  });
  const commit = await world.repository.commit({
    'gone.yaml': null,
    'left.yaml': null,
    'new.yaml': configMap('new', '1'),
  });
  await world.annotate(GIT_SYNCS, 'app', { 'signet.dev/reconcile-requested-at': 'now' });
  await eventually(async () => {
    expect(await dataOf(world, 'new')).toBe('1');
    expect(await world.get(CONFIG_MAPS, 'left')).toBeNull();
  }, LONG);
  expect((await world.get(CONFIG_MAPS, 'gone'))?.metadata.uid).toBe(stranger.metadata.uid);

  proxy.decide(null);
  held.resolve();
  await untilApplied(world, commit);
  await eventually(async () => expect(await dataOf(world, 'a')).toBe('1'), LONG);
  expect((await world.get(CONFIG_MAPS, 'gone'))?.metadata.uid).toBe(stranger.metadata.uid);
  expect((await world.inventory('app'))?.spec.entries.map(({ name }) => name).toSorted()).toEqual(['a', 'new']);
});

test('an inventory that may not be read, or not be deleted in the end, is said in the status', async () => {
  const world = await createSyncWorld();
  const proxy = await proxyBefore();
  const forbidden = (verb: string) =>
    proxy.decide(({ method, path, isWatch }) => {
      const isAsked = method === verb && !isWatch && path.includes('/inventories/app');
      const body = JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 });
      return isAsked ? { kind: 'answer', status: 403, body } : { kind: 'pass' };
    });
  forbidden('GET');
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { prune: true });
  await world.startEngine({ kubeconfig: proxy.kubeconfig });
  await untilSays(world, 'ClusterUnavailable', /inventor.*app/i);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
  proxy.decide(null);
  await untilApplied(world, commit);

  forbidden('DELETE');
  await world.client.delete(GIT_SYNCS, { namespace: world.namespace, name: 'app' });
  await untilSays(world, 'ClusterUnavailable', /^the deletion cannot go on: /);
  proxy.decide(null);
  await eventually(async () => expect(await world.get(GIT_SYNCS, 'app')).toBeNull(), LONG);
  expect(await world.get(CONFIG_MAPS, 'a')).toBeNull();
});
