import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';

const run = promisify(execFile);

const A = `current-context: two
clusters:
- {name: shared, cluster: {server: "https://a.example:6443", tls-server-name: from-a}}
contexts:
- {name: one, context: {cluster: shared, namespace: a-one}}
- {name: two, context: {cluster: later, user: later, namespace: a-two}}
`;
const B = `apiVersion: v1
kind: Config
current-context: one
clusters:
- {name: shared, cluster: {server: "https://b.example:6443", insecure-skip-tls-verify: true}}
- {name: later, cluster: {server: "https://later.example/prefix"}}
contexts:
- {name: one, context: {cluster: later}}
- {name: three, context: {cluster: shared, user: later}}
users:
- {name: later, user: {token: token-of-b}}
`;
const C = `users:
- {name: later, user: {token: token-of-c, as: somebody}}
contexts:
- {name: two, context: {cluster: shared, namespace: c-two}}
- {name: "yes", context: {cluster: shared, namespace: "0777"}}
`;

async function files(): Promise<Record<'a' | 'b' | 'c' | 'none', string>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'signet-merge-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const at = (name: string) => path.join(folder, name);
  await Promise.all([writeFile(at('a'), A), writeFile(at('b'), B), writeFile(at('c'), C)]);
  return { a: at('a'), b: at('b'), c: at('c'), none: at('none') };
}

/** What kubectl resolves, as one cluster, user and context. */
async function kubectlView(KUBECONFIG: string, context: string | undefined) {
  const args = [
    'config',
    'view',
    '--raw',
    '--minify',
    '-o',
    'json',
    ...(context === undefined ? [] : ['--context', context]),
  ];
  const { stdout } = await run(inject('kubectl'), args, { env: { KUBECONFIG, HOME: '/nowhere' } });
  const view = JSON.parse(stdout);
  return {
    server: view.clusters?.[0]?.cluster.server,
    tlsServerName: view.clusters?.[0]?.cluster['tls-server-name'],
    insecure: view.clusters?.[0]?.cluster['insecure-skip-tls-verify'],
    token: view.users?.[0]?.user.token,
    as: view.users?.[0]?.user.as,
    namespace: view.contexts?.[0]?.context.namespace ?? 'default',
  };
}

async function ourView(KUBECONFIG: string, context: string | undefined) {
  const connection = await loadKubeconfig({ env: { KUBECONFIG }, ...(context === undefined ? {} : { context }) });
  const { headers } = await connection.credentials();
  return {
    server: connection.server,
    tlsServerName: connection.tlsServerName,
    insecure: connection.insecureSkipTlsVerify,
    token: headers['authorization']?.toString().replace('Bearer ', ''),
    as: headers['impersonate-user'],
    namespace: connection.namespace,
  };
}

const ORDERS: readonly (readonly ('a' | 'b' | 'c' | 'none')[])[] = [
  ['a', 'b', 'c'],
  ['c', 'b', 'a'],
  ['b', 'a', 'c'],
  ['b', 'none', 'a', 'b'],
  ['none', 'c', 'a', 'b'],
];

describe('loadKubeconfig beside kubectl', () => {
  it.each(ORDERS.map((order) => [order.join(', '), order] as const))('agrees on the files %s', async (_name, order) => {
    const at = await files();
    const KUBECONFIG = order.map((name) => at[name]).join(path.delimiter);
    for (const context of [undefined, 'one', 'two', 'three', 'yes']) {
      const theirs = await kubectlView(KUBECONFIG, context).catch(() => 'refused');
      const ours = await ourView(KUBECONFIG, context).catch(() => 'refused');
      expect({ context, view: ours }).toEqual({ context, view: theirs });
    }
  });
});
