import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { inClusterConnection } from '../../shared/kube/in-cluster.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { CONFIG_MAPS, SECRETS } from '../../shared/kube/resource-type.ts';
import { adminClient, freshNamespace } from '../support/namespace.ts';
import { makeAccount, tokenOf } from '../support/tenant-accounts.ts';

function clientOf(connection: ClusterConnection): KubeClient {
  const client = createKubeClient(connection);
  onTestFinished(() => client.close());
  return client;
}

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'signet-identity-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

/** Who the API server takes the client's user for. */
async function whoAmI(client: KubeClient): Promise<{ username: string; groups: string[] }> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
  const answer = await client.raw({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(review),
    maxBytes: 100_000,
  });
  expect(answer.status).toBe(201);
  return JSON.parse(Buffer.from(answer.body).toString('utf8')).status.userInfo;
}

async function accountToken(admin: KubeClient, namespace: string, name: string): Promise<string> {
  await makeAccount(admin, namespace, name);
  return tokenOf(admin, namespace, name);
}

/** The admin's kubeconfig as JSON with other user fields. */
async function kubeconfigFor(user: object): Promise<string> {
  const connection = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  const file = path.join(await folder(), 'config');
  const config = {
    'current-context': 'c',
    clusters: [
      {
        name: 'k',
        cluster: {
          server: connection.server,
          'certificate-authority-data': Buffer.from(connection.caPem ?? '').toString('base64'),
        },
      },
    ],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** Fields of the admin's own user entry. */
async function adminToken(): Promise<string> {
  const connection = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
  return String((await connection.credentials()).headers['authorization']).replace('Bearer ', '');
}

describe('identity on a real API server', () => {
  it('is the service account whose files a Pod has, and a new token is found when the old one is refused', async () => {
    const admin = await adminClient();
    const namespace = await freshNamespace(admin);
    const token = await accountToken(admin, namespace, 'robot');
    const { server, caPem = '' } = await loadKubeconfig({ path: inject('kubeconfig'), env: {} });
    const root = await folder();
    const mount = path.join(root, 'var/run/secrets/kubernetes.io/serviceaccount');
    await mkdir(mount, { recursive: true });
    await Promise.all([
      writeFile(path.join(mount, 'token'), 'a-token-that-is-no-good'),
      writeFile(path.join(mount, 'ca.crt'), caPem),
      writeFile(path.join(mount, 'namespace'), namespace),
    ]);
    const { hostname, port } = new URL(server);
    const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const connection = await inClusterConnection(env, root);
    if (!connection) return expect.fail('no connection');
    const client = clientOf(connection);
    await expect(client.list(CONFIG_MAPS)).rejects.toThrow(expect.objectContaining({ code: 'KUBE_UNAUTHORIZED' }));
    await writeFile(path.join(mount, 'token'), token);
    expect((await whoAmI(client)).username).toBe(`system:serviceaccount:${namespace}:robot`);
    await expect(client.list(SECRETS, { namespace })).rejects.toThrow(
      expect.objectContaining({
        code: 'KUBE_FORBIDDEN',
        message: `cannot list secrets in ${namespace}: User "system:serviceaccount:${namespace}:robot" may not list secrets in namespace ${namespace}`,
      }),
    );
  });

  it('is the impersonated one, whole', async () => {
    const file = await kubeconfigFor({ token: await adminToken(), as: 'jane', 'as-groups': ['readers', 'writers'] });
    const client = clientOf(await loadKubeconfig({ path: file, env: {} }));
    const { username, groups } = await whoAmI(client);
    expect(username).toBe('jane');
    expect(groups).toEqual(expect.arrayContaining(['readers', 'writers']));
    expect(groups).not.toContain('system:masters');
  });

  it('is what a credential program says', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
      command: process.execPath,
      args: ['-e', 'console.log(JSON.stringify({kind:"ExecCredential",status:{token:process.env.TOKEN_FOR_TEST}}))'],
      env: [{ name: 'TOKEN_FOR_TEST', value: await adminToken() }],
    };
    const client = clientOf(await loadKubeconfig({ path: await kubeconfigFor({ exec }), env: {} }));
    expect((await whoAmI(client)).groups).toContain('system:masters');
  });

  it('is nobody without credentials', async () => {
    const client = clientOf(await loadKubeconfig({ path: await kubeconfigFor({}), env: {} }));
    await expect(client.list(SECRETS)).rejects.toThrow(
      /KUBE_(FORBIDDEN|UNAUTHORIZED)|may not list secrets|does not accept/,
    );
  });

  it('never shows a token in what goes wrong', async () => {
    const token = 'canary-4711-token';
    const client = clientOf(await loadKubeconfig({ path: await kubeconfigFor({ token }), env: {} }));
    const error = await client.list(SECRETS).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'KUBE_UNAUTHORIZED', hint: expect.stringContaining('log in again') });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(token);
  });

  it('reads the very kubeconfig that kubectl is given', async () => {
    const text = await readFile(inject('kubeconfig'), 'utf8');
    expect(text).toContain('clusters');
    const client = clientOf(await loadKubeconfig({ env: { KUBECONFIG: inject('kubeconfig') } }));
    expect((await whoAmI(client)).groups).toContain('system:masters');
  });
});
