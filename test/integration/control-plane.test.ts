import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { askApi, callApi } from '../control-plane/api-request.ts';
import { type ControlPlane, startControlPlane } from '../control-plane/control-plane.ts';
import { findOnPath } from '../control-plane/environment.ts';
import { exposeLocalService } from '../control-plane/service-endpoint.ts';
import { eventually } from '../support/eventually.ts';
import { listenLocally } from '../support/listen-locally.ts';

let first: ControlPlane;
let second: ControlPlane;

beforeAll(async () => {
  [first, second] = await Promise.all([startControlPlane(), startControlPlane()]);
});

afterAll(async () => {
  await Promise.all([first?.stop(), second?.stop()]);
});

async function kubectl(plane: ControlPlane, kubeconfig: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(plane.kubectlPath, ['--kubeconfig', kubeconfig, ...args]);
  return stdout;
}

async function makeNamespace(plane: ControlPlane, name: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await callApi(plane, { method: 'POST', path: '/api/v1/namespaces', body });
}

/** Pids of running programs whose command line names `text`. */
async function pidsNaming(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((_pid, index) => lines[index]?.includes(text)).map(Number);
}

test('two control planes that start at once know nothing of each other', async () => {
  await makeNamespace(first, 'only-here');
  expect(await kubectl(first, first.kubeconfigPath, 'get', 'namespace', 'only-here', '-o', 'name')).toBe(
    'namespace/only-here\n',
  );
  expect((await askApi(second, 'GET', '/api/v1/namespaces/only-here')).status).toBe(404);
  expect((await askApi({ ...second, adminToken: first.adminToken }, 'GET', '/api/v1/namespaces')).status).toBe(401);
});

test('kubectl and the server report the same version', async () => {
  const { clientVersion, serverVersion } = JSON.parse(
    await kubectl(first, first.kubeconfigPath, 'version', '-o', 'json'),
  );
  expect(clientVersion.gitVersion).toBe(serverVersion.gitVersion);
});

test('a service account kubeconfig has the rights of that account and no more', async () => {
  await makeNamespace(first, 'accounts');
  await kubectl(first, first.kubeconfigPath, '-n', 'accounts', 'create', 'serviceaccount', 'reader');
  const binding = ['create', 'rolebinding', 'reader', '--clusterrole=view', '--serviceaccount=accounts:reader'];
  await kubectl(first, first.kubeconfigPath, '-n', 'accounts', ...binding);
  const kubeconfig = await first.serviceAccountKubeconfig('accounts', 'reader');
  await eventually(() => kubectl(first, kubeconfig, 'get', 'configmaps'));
  await expect(kubectl(first, kubeconfig, 'get', 'secrets')).rejects.toThrow(/Forbidden/);
});

test('a namespace with content goes away when it is deleted', async () => {
  await makeNamespace(first, 'short-lived');
  await kubectl(first, first.kubeconfigPath, '-n', 'short-lived', 'create', 'configmap', 'a', '--from-literal=b=c');
  await askApi(first, 'DELETE', '/api/v1/namespaces/short-lived');
  await eventually(async () => {
    expect((await askApi(first, 'GET', '/api/v1/namespaces/short-lived')).status).toBe(404);
  });
});

test('an object goes away with its owner', async () => {
  const maps = '/api/v1/namespaces/default/configmaps';
  const owner = await callApi(first, { method: 'POST', path: maps, body: { metadata: { name: 'owner' } } });
  const { uid } = owner.body.metadata;
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }];
  await callApi(first, { method: 'POST', path: maps, body: { metadata: { name: 'owned', ownerReferences } } });
  await callApi(first, { method: 'DELETE', path: `${maps}/owner` });
  await eventually(async () => expect((await askApi(first, 'GET', `${maps}/owned`)).status).toBe(404));
});

test('the service proxy reaches a local HTTP server, also after it has moved to another port', async () => {
  await makeNamespace(first, 'proxied');
  for (const answer of ['here', 'there']) {
    const server = createServer((request, response) => response.end(`${answer} ${request.url}`));
    const port = await listenLocally(server);
    onTestFinished(() => void server.close());
    await exposeLocalService(first, { namespace: 'proxied', service: 'web', port, servicePort: 8080 });
    const url = '/api/v1/namespaces/proxied/services/http:web:8080/proxy/a?b=c';
    await eventually(async () => expect((await askApi(first, 'GET', url)).body).toBe(`${answer} /a?b=c`));
  }
});

test('etcdDump holds what was written and nothing that was deleted', async () => {
  const maps = '/api/v1/namespaces/default/configmaps';
  const write = (name: string, text: string): Promise<unknown> =>
    callApi(first, { method: 'POST', path: maps, body: { metadata: { name }, data: { text } } });
  await write('kept', 'canary-kept');
  await write('deleted', 'canary-deleted');
  await callApi(first, { method: 'DELETE', path: `${maps}/deleted` });
  const dump = await first.etcdDump();
  const holding = (text: string): string[] => [...dump].filter(([, value]) => value.includes(text)).map(([key]) => key);
  expect(holding('canary-kept')).toEqual(['/registry/configmaps/default/kept']);
  expect(holding('canary-deleted')).toEqual([]);
  expect(dump.has('/registry/namespaces/kube-system')).toBe(true);
});

test('stop removes the folder and every process, and may be repeated', async () => {
  const plane = await startControlPlane();
  expect(await pidsNaming(plane.directory)).not.toEqual([]);
  await plane.stop();
  await plane.stop();
  expect(existsSync(plane.directory)).toBe(false);
  expect(await pidsNaming(plane.directory)).toEqual([]);
});

/** A control plane in a process of its own, as a person starts one. */
async function startElsewhere(): Promise<{ pid: number; directory: string }> {
  const child = spawn(process.execPath, [path.resolve(import.meta.dirname, '../control-plane/main.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  const line = await new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').once('data', resolve);
  });
  const kubeconfig = /KUBECONFIG='([^']+)'/.exec(line)?.[1];
  if (kubeconfig === undefined || child.pid === undefined) throw new Error(`no kubeconfig in ${line}`);
  return { pid: child.pid, directory: path.dirname(kubeconfig) };
}

test('kill -9 of the process that started a control plane leaves no process and no folder', async () => {
  const { pid, directory } = await startElsewhere();
  expect((await pidsNaming(directory)).length).toBeGreaterThanOrEqual(3);
  process.kill(pid, 'SIGKILL');
  await eventually(
    async () => {
      expect(await pidsNaming(directory)).toEqual([]);
      expect(existsSync(directory)).toBe(false);
    },
    { timeoutMs: 90_000 },
  );
});

const setpriv = findOnPath('setpriv', process.env);

test.skipIf(setpriv === undefined)('kill -9 of the supervisor, too, leaves no process (needs setpriv)', async () => {
  const { pid, directory } = await startElsewhere();
  const supervisors = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  for (const supervisor of supervisors.trim().split(' ')) process.kill(Number(supervisor), 'SIGKILL');
  process.kill(pid, 'SIGKILL');
  await eventually(async () => expect(await pidsNaming(directory)).toEqual([]), { timeoutMs: 90_000 });
  expect(existsSync(directory)).toBe(true);
  await rm(directory, { recursive: true });
});
