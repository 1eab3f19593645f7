/** @module Service accounts and exactly the rights that a test gives them, and kubeconfigs in their name. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { KubeClient } from '../../shared/kube/client.ts';
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import { awaitRight, type Rule } from './await-right.ts';
import { makeTemporaryFolder } from './git-repository.ts';
import { RBAC_GROUP, rbacType } from './resource-types.ts';

/** Makes service account `name`. */
export async function makeAccount(client: KubeClient, namespace: string, name: string): Promise<void> {
  await client.create(SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
}

/** Gives an account of `from` these rights, and no others, within `namespace`; resolves when it has them. */
export async function allow(
  client: KubeClient,
  namespace: string,
  account: { readonly name: string; readonly from?: string },
  rules: readonly Rule[],
): Promise<void> {
  const metadata = { namespace, name: `${account.from ?? namespace}-${account.name}` };
  const apiVersion = `${RBAC_GROUP}/v1`;
  await client.create(rbacType('Role'), { apiVersion, kind: 'Role', metadata, rules });
  await client.create(rbacType('RoleBinding'), {
    apiVersion,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.from ?? namespace }],
  });
  const rule = rules.at(-1);
  const subject = { name: account.name, namespace: account.from ?? namespace };
  if (rule !== undefined) await awaitRight(client, subject, { rule, namespace });
}

/** Gives an account these rights in the whole cluster, until the test ends; resolves when it has them. */
export async function allowEverywhere(
  client: KubeClient,
  account: { readonly name: string; readonly namespace: string },
  rules: readonly Rule[],
): Promise<void> {
  const metadata = { name: `test-${account.namespace}-${account.name}` };
  const apiVersion = `${RBAC_GROUP}/v1`;
  await client.create(rbacType('ClusterRole'), { apiVersion, kind: 'ClusterRole', metadata, rules });
  await client.create(rbacType('ClusterRoleBinding'), {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  });
  onTestFinished(async () => {
    await client.delete(rbacType('ClusterRoleBinding'), metadata);
    await client.delete(rbacType('ClusterRole'), metadata);
  });
  const rule = rules.at(-1);
  if (rule !== undefined) await awaitRight(client, account, { rule });
}

/** A token of the account. */
export async function tokenOf(client: KubeClient, namespace: string, account: string): Promise<string> {
  const answer = await client.raw({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    maxBytes: 100_000,
  });
  return JSON.parse(Buffer.from(answer.body).toString('utf8')).status.token;
}

/** A kubeconfig, as text, with everything inline. */
export function inlineKubeconfig(
  { server, caPem = '' }: Pick<ClusterConnection, 'server' | 'caPem'>,
  token: string,
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'k', cluster: { server, 'certificate-authority-data': Buffer.from(caPem).toString('base64') } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
  });
}

/** Path of a kubeconfig with this content, until the test ends. */
export async function kubeconfigFile(text: string): Promise<string> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const file = path.join(folder.path, 'kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  return file;
}
