import { expect, test } from 'vitest';
import { ClusterPool } from '../../../../controller/clusters/cluster-pool.ts';
import type { SyncClient } from '../../../../controller/clusters/sync-client.ts';
import type { TargetClient, TargetCluster } from '../../../../controller/clusters/target-cluster.ts';
import type { ServiceAccountReference } from '../../../../shared/kube/service-account.ts';
import type { GitSync, GitSyncSpec } from '../../../../shared/resources/git-sync.ts';

const KUBECONFIG = JSON.stringify({
  'current-context': 'c',
  clusters: [{ name: 'k', cluster: { server: 'https://192.0.2.1' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
});

function gitSync(name: string, spec: Partial<GitSyncSpec> = {}): GitSync {
  return {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: 'shop', name },
    spec: { source: { url: 'https://192.0.2.9/x' }, ...spec },
  };
}

const other = (name = 'other'): Partial<GitSyncSpec> => ({ kubeConfig: { secretRef: { name } } });

/** A cluster that has some accounts and kubeconfigs, and what is opened of it. */
function world(defaultServiceAccount?: string) {
  const objects = new Map<string, object>([
    ['ServiceAccount deployer', {}],
    ['ServiceAccount tenant', {}],
    ['Secret other', { data: { value: btoa(KUBECONFIG) } }],
  ]);
  const opened: string[] = [];
  const closed: string[] = [];
  const client = {
    get: async ({ kind }: { kind: string }, { name }: { name: string }) => objects.get(`${kind} ${name}`) ?? null,
  } as unknown as SyncClient;
  const pool = new ClusterPool({
    client,
    defaultServiceAccount,
    now: () => new Date(0),
    openClient: (connection, account: ServiceAccountReference | null) => {
      const name = `${connection?.server ?? ''} ${account?.name ?? ''}`;
      opened.push(name);
      return { close: () => closed.push(name) } as unknown as TargetClient;
    },
    openTarget: (place) => ({ ...place, hub: { release: () => 0, stop: () => 0 } }) as unknown as TargetCluster,
  });
  return { pool, client, objects, opened, closed };
}

test('who names nobody gets the own client, and all of them the same', async () => {
  const { pool, client, opened } = world();
  const target = await pool.take(gitSync('a'));
  expect(target).toMatchObject({ isOwn: true, client });
  expect(await pool.take(gitSync('b'))).toBe(target);
  expect(opened).toEqual([]);
});

test('each identity and cluster is opened once, and closed when the last one leaves it', async () => {
  const { pool, opened, closed } = world();
  const account = { serviceAccountName: 'deployer' };
  const first = await pool.take(gitSync('a', account));
  expect(await pool.take(gitSync('b', account))).toBe(first);
  expect(first).toMatchObject({ isOwn: false, address: '' });
  await pool.take(gitSync('c', other()));
  const both = await pool.take(gitSync('d', { ...account, ...other() }));
  expect(both.description).toBe('https://192.0.2.1 as system:serviceaccount:shop:deployer');
  expect(opened).toEqual([' deployer', 'https://192.0.2.1 ', 'https://192.0.2.1 deployer']);
  await pool.take(gitSync('a'));
  expect(closed).toEqual([]);
  pool.release('shop/b');
  expect(closed).toEqual([' deployer']);
  pool.stop();
  expect(closed.toSorted()).toEqual(opened.toSorted());
});

test('another content of the Secret is another cluster', async () => {
  const { pool, objects, opened, closed } = world();
  const before = await pool.take(gitSync('a', other()));
  expect(await pool.take(gitSync('a', other()))).toBe(before);
  objects.set('Secret other', { data: { value: btoa(KUBECONFIG.replace('192.0.2.1', '192.0.2.2')) } });
  expect(await pool.take(gitSync('a', other()))).toMatchObject({ address: 'https://192.0.2.2' });
  expect([opened.length, closed.length]).toEqual([2, 1]);
});

test('a default account acts for those that name none, but not with the rights of a kubeconfig', async () => {
  const { pool, opened } = world('tenant');
  await pool.take(gitSync('a'));
  await pool.take(gitSync('b', { serviceAccountName: 'deployer' }));
  await pool.take(gitSync('c', other()));
  expect(opened).toEqual([' tenant', ' deployer', 'https://192.0.2.1 ']);
});

test.each<[string, Partial<GitSyncSpec>, string]>([
  ['an empty account', { serviceAccountName: '' }, 'SpecInvalid'],
  ['an account that is no name', { serviceAccountName: 'a:b' }, 'SpecInvalid'],
  ['an account that does not exist', { serviceAccountName: 'missing' }, 'AccountNotFound'],
  ['a Secret that does not exist', other('missing'), 'KubeConfigInvalid'],
  ['a key that does not exist', { kubeConfig: { secretRef: { name: 'other', key: 'x' } } }, 'KubeConfigInvalid'],
])('%s is refused, and never answered by the own rights', async (_what, spec, reason) => {
  for (const fallback of [undefined, 'tenant']) {
    const { pool, opened } = world(fallback);
    await expect(pool.take(gitSync('a', spec))).rejects.toMatchObject({ refusal: { reason } });
    expect(opened).toEqual([]);
  }
});
