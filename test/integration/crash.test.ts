import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { CONFIG_MAPS, GIT_SYNCS, NAMESPACES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_LABEL, REQUESTS_CONFIG_MAP, ROTATE_REQUESTED_ANNOTATION } from '../../shared/resources/names.ts';
import { eventually } from '../support/eventually.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

const run = promisify(execFile);
const at = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const GIT_SYNC = { namespace: 'crash', name: 'shop' };
const CHECKOUT = { namespace: 'shop', name: 'checkout' };
/** Milliseconds after its start at which a controller is killed: before, during and after its first writes. */
const KILL_AFTER = [150, 700, 400, 1_100, 550, 1_600, 900];

let cluster: SignetCluster;
let client: KubeClient;

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
});

afterAll(async () => {
  await cluster?.stop();
});

function git(...words: readonly string[]): Promise<unknown> {
  const tree = path.join(cluster.folder, 'tree');
  return run('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words]);
}

/** Pushes the bundled application with its Secrets sealed, and makes a GitSync of it. */
async function publishApplication(): Promise<void> {
  const repository = await cluster.git.createRepository('shop');
  const tree = path.join(cluster.folder, 'tree');
  await cp(at('test/demo/app'), tree, { recursive: true });
  const certificate = path.join(cluster.folder, 'cert.pem');
  const signet = (...words: string[]) =>
    run(process.execPath, [at('cli/main.ts'), ...words], { env: { KUBECONFIG: cluster.controlPlane.kubeconfigPath } });
  await signet('cert', 'fetch', '-w', certificate);
  for (const app of ['catalog', 'cart', 'payments', 'orders', 'accounts', 'mail']) {
    await signet('seal', '-f', path.join(tree, app, 'secret.yaml'), '--cert', certificate, '--in-place');
  }
  await git('init', '-q', '-b', 'main');
  await git('add', '.');
  await git('commit', '-q', '-m', 'shop');
  await git('push', '-q', repository.folder, 'main');
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: GIT_SYNC.namespace } });
  await client.create(GIT_SYNCS, {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: GIT_SYNC,
    spec: { source: { url: repository.url }, interval: '2s', prune: true },
  });
}

async function secretVersions(): Promise<Map<string, string>> {
  const { items } = await client.list(SECRETS, { namespace: 'shop' });
  return new Map(items.map((item) => [item.metadata.name ?? '', item.metadata.resourceVersion ?? '']));
}

async function assertConverged(): Promise<void> {
  const gitSync = await client.get(GIT_SYNCS, GIT_SYNC);
  const conditions =
    (gitSync?.['status'] as { conditions?: { type: string; status: string; message: string }[] })?.conditions ?? [];
  const ready = conditions.find((condition) => condition.type === 'Ready');
  if (ready?.status !== 'True') throw new Error(`GitSync is not ready: ${JSON.stringify(conditions)}`);
  const sealed = (await client.list(SEALED_SECRETS, { namespace: 'shop' })).items;
  const secrets = await secretVersions();
  expect(sealed).toHaveLength(7);
  for (const { metadata } of sealed) expect([...secrets.keys()]).toContain(metadata.name);
}

/** Edits one object of the published application, and removes others. */
async function changeApplication(): Promise<void> {
  const tree = path.join(cluster.folder, 'tree');
  const file = path.join(tree, 'checkout/config.yaml');
  await writeFile(file, (await readFile(file, 'utf8')).replace('"off"', '"on"'));
  await git('rm', '-r', '-q', 'search');
  await git('commit', '-q', '--all', '-m', 'change');
  await git('push', '-q', path.join(cluster.folder, 'remotes/shop.git'), 'main');
}

async function assertCheckout(value: string): Promise<void> {
  expect(await client.get(CONFIG_MAPS, CHECKOUT)).toMatchObject({ data: { FEATURE_GIFT_CARDS: value } });
}

async function countKeys(): Promise<number> {
  return (await client.list(SECRETS, { namespace: 'signet-system', labelSelector: KEY_LABEL })).items.length;
}

test('a controller that is killed at any moment converges after its restart, and rewrites no Secret', async () => {
  const first = await cluster.startController();
  await delay(KILL_AFTER[0] ?? 0);
  await first.kill();
  const second = await cluster.startController();
  await second.ready();
  await publishApplication();
  await second.kill();
  for (const afterMs of KILL_AFTER) {
    const controller = await cluster.startController();
    await delay(afterMs);
    await controller.kill();
  }

  const survivor = await cluster.startController();
  await survivor.ready();
  await eventually(assertConverged, { timeoutMs: 60_000 });
  const before = await secretVersions();
  await survivor.kill();
  const restarted = await cluster.startController();
  await restarted.ready();
  await client.mergePatch(CONFIG_MAPS, CHECKOUT, { data: { FEATURE_GIFT_CARDS: 'drifted' } });
  await eventually(() => assertCheckout('off'));
  await restarted.kill();

  expect(await secretVersions()).toEqual(before);
  expect(await countKeys()).toBe(1);
}, 180_000);

test('a rotation, an edit and a removal that are cut off again and again still happen, and once', async () => {
  const before = await secretVersions();
  const requested = { [ROTATE_REQUESTED_ANNOTATION]: new Date().toISOString() };
  const requests = { namespace: 'signet-system', name: REQUESTS_CONFIG_MAP };
  await client.mergePatch(CONFIG_MAPS, requests, { metadata: { annotations: requested } });
  await changeApplication();
  for (const afterMs of KILL_AFTER) {
    const controller = await cluster.startController();
    await delay(afterMs);
    await controller.kill();
  }

  const survivor = await cluster.startController();
  await survivor.ready();
  await eventually(
    async () => {
      await assertCheckout('on');
      expect(await client.get(CONFIG_MAPS, { namespace: 'shop', name: 'search' })).toBeNull();
      expect(await countKeys()).toBe(2);
      await assertConverged();
    },
    { timeoutMs: 60_000 },
  );
  await survivor.kill();
  await (await cluster.startController()).ready();

  expect(await secretVersions()).toEqual(before);
  expect(await countKeys()).toBe(2);
}, 180_000);
