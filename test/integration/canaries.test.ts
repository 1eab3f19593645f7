import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { GIT_SYNCS, NAMESPACES, SECRETS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { eventually } from '../support/eventually.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { outputOf, signet } from '../support/run-program.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

const run = promisify(execFile);
const NAMESPACE = 'canaries';
/** Each is planted in another place; none may be found anywhere but in the Secret that it belongs into. */
const CANARY = {
  applied: 'canary-applied-91b2',
  mistyped: 77_123_456_789,
  immutable: 'canary-immutable-4d10',
  environment: 'canary-environment-5e77',
  password: 'canary-password-0c3a',
};

let cluster: SignetCluster;
let client: KubeClient;
let remote: GitServer;

beforeAll(async () => {
  cluster = await startSignetCluster();
  client = cluster.client;
  const login = `Basic ${Buffer.from(`robot:${CANARY.password}`).toString('base64')}`;
  const isAllowed = (header: string | undefined): boolean => header === login;
  remote = await startGitServer(path.join(cluster.folder, 'private'), { isAllowed });
});

afterAll(async () => {
  await remote?.stop();
  await cluster?.stop();
});

async function push(repository: string, files: Readonly<Record<string, string>>): Promise<void> {
  const tree = path.join(cluster.folder, 'tree');
  await mkdir(tree, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(tree, name), text);
  const git = (...words: string[]) =>
    run('git', ['-C', tree, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words]);
  await git('init', '-q', '-b', 'main');
  await git('add', '.');
  await git('commit', '-q', '-m', 'canaries');
  await git('push', '-q', repository, 'main');
}

const secret = (name: string, rest: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n${rest}\n`;

const pod = (value: string): string => `apiVersion: v1
kind: Pod
metadata: {name: refused}
spec:
  containers:
    - {name: "NOT A NAME", image: x, env: [{name: PASSWORD, value: ${value}}]}
`;

async function readyMessage(name: string): Promise<string> {
  const gitSync = (await client.get(GIT_SYNCS, { namespace: NAMESPACE, name })) as GitSync;
  const ready = gitSync.status?.conditions?.find(({ type }) => type === 'Ready');
  return `${ready?.reason}: ${ready?.message}`;
}

function createGitSync(name: string, url: string, path: string): Promise<unknown> {
  return client.create(GIT_SYNCS, {
    apiVersion: 'signet.dev/v1alpha1',
    kind: 'GitSync',
    metadata: { namespace: NAMESPACE, name },
    spec: { source: { url, path, secretRef: { name } }, interval: '2s' },
  });
}

test('no value of a Secret or login is found outside of it, whatever fails', async () => {
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  const held = { name: 'immutable', namespace: NAMESPACE };
  await client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: held,
    immutable: true,
    stringData: { a: 'b' },
  });
  for (const [name, password] of [
    ['login', CANARY.password],
    ['stranger', `${CANARY.password}-wrong`],
  ] as const) {
    const metadata = { name, namespace: NAMESPACE };
    await client.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      stringData: { username: 'robot', password },
    });
  }
  const repository = await remote.createRepository('private');
  await push(repository.folder, {
    'applied.yaml': secret('applied', `stringData: {a: ${CANARY.applied}}`),
    'immutable.yaml': secret('immutable', `stringData: {a: ${CANARY.immutable}}`),
    'pod.yaml': pod(CANARY.environment),
  });
  const controller = await cluster.startController();
  await controller.ready();
  await createGitSync('login', repository.url, '.');
  await createGitSync('stranger', repository.url, '.');
  await eventually(async () => expect(await readyMessage('login')).toMatch(/^ApplyFailed: 2 objects/));
  await eventually(async () => expect(await readyMessage('stranger')).toMatch(/^AuthFailed: /));
  await push(repository.folder, { 'mistyped.yaml': secret('mistyped', `stringData: {a: ${CANARY.mistyped}}`) });
  await eventually(async () => expect(await readyMessage('login')).toMatch(/^RenderFailed: /));
  // It says so after the status does, and by way of a pipe.
  await eventually(async () =>
    expect(await readFile(cluster.controllerLog, 'utf8')).toMatch(/AuthFailed[\s\S]*RenderFailed/),
  );

  const env = { KUBECONFIG: cluster.controlPlane.kubeconfigPath };
  const { kubectlPath } = cluster.controlPlane;
  const told = {
    log: await readFile(cluster.controllerLog, 'utf8'),
    metrics: await (await fetch(`${controller.metricsUrl}/metrics`)).text(),
    status: await signet(['sync', 'status', '-n', NAMESPACE], { env }),
    events: await outputOf(kubectlPath, ['get', 'events', '-n', NAMESPACE, '-o', 'yaml'], { env }),
    syncs: await outputOf(kubectlPath, ['get', 'gitsyncs,inventories', '-n', NAMESPACE, '-o', 'yaml'], { env }),
  };
  const stored = [...(await cluster.controlPlane.etcdDump())].filter(([key]) => !key.startsWith('/registry/secrets/'));

  for (const canary of Object.values(CANARY).map(String)) {
    const encoded = Buffer.from(canary).toString('base64').replace(/=+$/, '');
    for (const [place, text] of Object.entries(told)) {
      expect(text.includes(canary) || text.includes(encoded), `${canary} in ${place}`).toBe(false);
    }
    const leaks = stored.filter(([, value]) => value.includes(canary) || value.includes(encoded)).map(([key]) => key);
    expect(leaks, canary).toEqual([]);
  }
  expect(told.log).toContain('AuthFailed');
  const applied = await client.get(SECRETS, { name: 'applied', namespace: NAMESPACE });
  expect(applied?.['data']).toEqual({ a: Buffer.from(CANARY.applied).toString('base64') });
}, 120_000);
