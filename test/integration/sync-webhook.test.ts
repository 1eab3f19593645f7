import path from 'node:path';
import { expect, test } from 'vitest';
import { createWebhookPort } from '../../controller/http/webhook-port.ts';
import type { DeliveryResult } from '../../controller/metrics/webhook-metrics.ts';
import { CONFIG_MAPS, GIT_SYNCS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync, GitSyncWebhook, WebhookProvider } from '../../shared/resources/git-sync.ts';
import { collectingLogger } from '../support/collecting-logger.ts';
import { configMap } from '../support/manifests.ts';
import { serveApp } from '../support/public-app.ts';
import { servedUrl } from '../support/served-url.ts';
import { createSyncWorld, type RunningEngine, type SyncWorld } from '../support/sync-engine.ts';
import { pushFrom, type SignedDelivery } from '../support/webhook-deliveries.ts';

const TOKEN = 'a token that only tests use';

function hook(provider: WebhookProvider = 'GitHub'): GitSyncWebhook {
  return { provider, secretRef: { name: 'hook' } };
}

async function setToken(world: SyncWorld, token: string): Promise<void> {
  const { namespace, client } = world;
  const place = { namespace, name: 'hook' };
  if ((await client.get(SECRETS, place)) !== null)
    await client.mergePatch(SECRETS, place, { data: null, stringData: { token } });
  else await client.create(SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata: place, stringData: { token } });
}

async function openPort(world: SyncWorld, engine: RunningEngine) {
  const results: DeliveryResult[] = [];
  const logs: string[] = [];
  const url = await serveApp(
    createWebhookPort({
      client: world.client,
      inbox: engine.part.webhooks,
      namespace: 'signet-system',
      metrics: { delivered: (_provider, result) => results.push(result) },
      logger: collectingLogger(logs),
      now: () => new Date(),
      nowMs: () => performance.now(),
      onError: (error) => {
        throw error;
      },
    }),
  );
  const deliver = async (name: string, { headers, body }: SignedDelivery): Promise<number> =>
    (await fetch(`${url}/hooks/${world.namespace}/${name}`, { method: 'POST', headers, body })).status;
  return { deliver, results, logs };
}

test.each(['GitHub', 'GitLab', 'Gitea', 'Bitbucket', 'Generic'] as const)(
  'a push that %s tells of is applied without waiting for the interval',
  async (provider) => {
    const world = await createSyncWorld();
    await setToken(world, TOKEN);
    const url = await servedUrl(world);
    await world.repository.commit({ 'a.yaml': configMap('a', '1') });
    await world.createGitSync('app', { interval: '1h', webhook: hook(provider), source: { url } });
    const engine = await world.startEngine();
    await world.untilReason('app', 'Applied');
    const port = await openPort(world, engine);
    const commit = await world.repository.commit({ 'a.yaml': configMap('a', '2') });
    const push = pushFrom(provider, { url, reference: 'refs/heads/main' }, TOKEN);
    expect(await port.deliver('app', push)).toBe(202);
    const { status } = await world.untilReason('app', 'Applied', commit);
    expect((await world.get(CONFIG_MAPS, 'a'))?.['data']).toEqual({ value: '2' });
    expect(port.results).toEqual(['accepted']);
    expect(status?.lastHandledReconcileAt).toBeUndefined();
  },
);

test('one delivery reaches every GitSync of its namespace with that repository and reference, by whatever transport', async () => {
  const world = await createSyncWorld();
  await setToken(world, TOKEN);
  const url = await servedUrl(world);
  await world.repository.commit({ 'one/a.yaml': configMap('a', '1'), 'two/b.yaml': configMap('b', '1') });
  const spec = { interval: '1h', source: { url, path: 'one', ref: { branch: 'main' } } };
  await world.createGitSync('one', { ...spec, webhook: hook() });
  await world.createGitSync('two', { ...spec, wait: true, source: { ...spec.source, path: 'two' } });
  const engine = await world.startEngine();
  await world.untilReason('one', 'Applied');
  await world.untilReason('two', 'Applied');
  const port = await openPort(world, engine);
  const commit = await world.repository.commit({
    'one/a.yaml': configMap('a', '2'),
    'two/b.yaml': configMap('b', '2'),
  });
  const ssh = `ssh://git@127.0.0.1:2222/${path.basename(world.repository.folder)}`;
  expect(await port.deliver('one', pushFrom('GitHub', { url: ssh, reference: 'refs/heads/main' }, TOKEN))).toBe(202);
  await world.untilReason('one', 'Applied', commit);
  await world.untilReason('two', 'Applied', commit);
  expect((await world.get(CONFIG_MAPS, 'b'))?.['data']).toEqual({ value: '2' });
});

test('a rotated token counts at once, and the old one no longer', async () => {
  const world = await createSyncWorld();
  await setToken(world, TOKEN);
  await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { interval: '1h', webhook: hook() });
  const engine = await world.startEngine();
  await world.untilReason('app', 'Applied');
  const port = await openPort(world, engine);
  const push = { url: world.repository.url, reference: 'refs/heads/main' };
  expect(await port.deliver('app', pushFrom('GitHub', push, TOKEN))).toBe(202);
  await setToken(world, 'another token');
  expect(await port.deliver('app', pushFrom('GitHub', push, TOKEN))).toBe(403);
  expect(await port.deliver('app', pushFrom('GitHub', push, 'another token'))).toBe(202);
  await world.client.delete(SECRETS, { namespace: world.namespace, name: 'hook' });
  expect(await port.deliver('app', pushFrom('GitHub', push, 'another token'))).toBe(403);
  expect(await port.deliver('app', pushFrom('GitHub', push, ''))).toBe(403);
  expect(port.logs.join('\n')).toContain('cannot use a webhook');
  expect(port.logs.join('\n')).not.toContain('another token');
});

test('refused and replayed deliveries, and those about something else, change nothing', async () => {
  const world = await createSyncWorld();
  await setToken(world, TOKEN);
  const url = await servedUrl(world);
  const commit = await world.repository.commit({ 'a.yaml': configMap('a', '1') });
  await world.createGitSync('app', { interval: '1h', webhook: hook(), source: { url, ref: { branch: 'main' } } });
  const engine = await world.startEngine();
  const before = await world.untilReason('app', 'Applied', commit);
  const port = await openPort(world, engine);
  const push = { url, reference: 'refs/heads/main' };
  const replayed = pushFrom('GitHub', push, TOKEN);
  for (let count = 0; count < 20; count += 1) expect(await port.deliver('app', replayed)).toBe(202);
  expect(await port.deliver('app', pushFrom('GitHub', push, 'wrong'))).toBe(403);
  expect(await port.deliver('other', replayed)).toBe(403);
  const elsewhere = { ...push, url: 'https://github.com/a/b.git' };
  expect(await port.deliver('app', pushFrom('GitHub', elsewhere, TOKEN))).toBe(202);
  expect(await port.deliver('app', pushFrom('GitHub', { ...push, reference: 'refs/heads/next' }, TOKEN))).toBe(202);
  expect(port.results.slice(20)).toEqual(['refused', 'refused', 'unmatched', 'unmatched']);
  await world.reconcile('app');
  expect(saidBy(await world.gitSync('app'))).toEqual(saidBy(before));
});

/** The status but for what an acknowledged request moves: its own value, and when the conditions were last written. */
function saidBy({ status }: GitSync): unknown {
  const conditions = status?.conditions?.map((condition) => ({ ...condition, lastUpdateTime: undefined }));
  return { ...status, conditions, lastHandledReconcileAt: undefined };
}

test('the definition asks for a provider that there is, and for a Secret', async () => {
  const world = await createSyncWorld();
  await world.createGitSync('app', { webhook: hook() });
  const patch = (webhook: unknown) =>
    world.client.mergePatch(GIT_SYNCS, { namespace: world.namespace, name: 'app' }, { spec: { webhook } });
  await expect(patch({ provider: 'Other' })).rejects.toThrow(/provider/);
  await expect(patch({ secretRef: null })).rejects.toThrow(/secretRef/);
  await patch({ provider: 'Gitea' });
});
