/** @module What an installation of sealed-secrets consists of beside its program: account, rights, arguments. Made of its documented manifests. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import type { Rule } from './await-right.ts';
import { RBAC_GROUP, rbacType } from './resource-types.ts';

/** Namespace of the installation. */
export const INSTALLATION_NAMESPACE = 'kube-system';
/** Name of its account, Deployment and Service. */
export const INSTALLATION_NAME = 'sealed-secrets-controller';

const core = (resources: readonly string[], verbs: readonly string[]): Rule => ({ apiGroups: [''], resources, verbs });

/** The rights that sealed-secrets gives its controller over the whole cluster, and no others. */
const UNSEALER: readonly Rule[] = [
  { apiGroups: ['bitnami.com'], resources: ['sealedsecrets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['bitnami.com'], resources: ['sealedsecrets/status'], verbs: ['update'] },
  core(['secrets'], ['get', 'list', 'create', 'update', 'delete', 'watch']),
  core(['events'], ['create', 'patch']),
  core(['namespaces'], ['get']),
];
/** And those in its own namespace. */
const KEY_ADMIN: readonly Rule[] = [core(['secrets'], ['create', 'list'])];

/** Arguments as the Helm chart writes them with most of its values set; ports are those of the machine. */
export function installationArguments(port: number, metricsPort: number): readonly string[] {
  return [
    '--update-status',
    '--key-renew-period',
    '720h',
    '--key-ttl',
    '87600h',
    '--rate-limit',
    '2',
    '--rate-limit-burst',
    '2',
    '--key-prefix',
    'sealed-secrets-key',
    '--privatekey-annotations',
    'example.com/contact=platform',
    '--privatekey-labels',
    'team=platform',
    '--log-info-stdout',
    '--log-level',
    'INFO',
    '--log-format',
    'text',
    '--max-unseal-retries',
    '5',
    '--watch-for-secrets',
    '--kubeclient-qps',
    '5',
    '--kubeclient-burst',
    '10',
    '--listen-addr',
    `127.0.0.1:${port}`,
    '--listen-metrics-addr',
    `127.0.0.1:${metricsPort}`,
  ];
}

/** Creates the account with its rights. */
export async function installAccount(client: KubeClient): Promise<void> {
  const place = { namespace: INSTALLATION_NAMESPACE };
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...place, name: INSTALLATION_NAME },
  });
  await grant(client, 'ClusterRole', { name: 'secrets-unsealer' }, UNSEALER);
  await grant(client, 'Role', { ...place, name: 'sealed-secrets-key-admin' }, KEY_ADMIN);
}

async function grant(
  client: KubeClient,
  kind: 'ClusterRole' | 'Role',
  metadata: { readonly name: string; readonly namespace?: string },
  rules: readonly Rule[],
): Promise<void> {
  const apiVersion = `${RBAC_GROUP}/v1`;
  await client.create(rbacType(kind), { apiVersion, kind, metadata, rules });
  await client.create(rbacType(`${kind}Binding`), {
    apiVersion,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: RBAC_GROUP, kind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: INSTALLATION_NAME, namespace: INSTALLATION_NAMESPACE }],
  });
}
