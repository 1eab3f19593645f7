/** @module A ServiceAccount with the rights of `signet-key-keeper` and nothing else, for the verbs that handle private keys. */
import type { KubeClient } from '../../shared/kube/client.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';

const NAMESPACE = 'signet-system';
const NAME = 'keeper';
const GROUP = 'rbac.authorization.k8s.io';
const SERVICE_ACCOUNTS: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};
const BINDINGS: Readonly<Record<'RoleBinding' | 'ClusterRoleBinding', ResourceType>> = {
  RoleBinding: { group: GROUP, version: 'v1', kind: 'RoleBinding', plural: 'rolebindings', namespaced: true },
  ClusterRoleBinding: {
    group: GROUP,
    version: 'v1',
    kind: 'ClusterRoleBinding',
    plural: 'clusterrolebindings',
    namespaced: false,
  },
};

/** Makes the account and binds both roles to it. Returns the path of its kubeconfig. */
export async function createKeyKeeper(
  client: Pick<KubeClient, 'create'>,
  controlPlane: Pick<ControlPlane, 'serviceAccountKubeconfig'>,
): Promise<string> {
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: NAMESPACE, name: NAME },
  });
  await bind(client, 'RoleBinding', 'Role');
  await bind(client, 'ClusterRoleBinding', 'ClusterRole');
  return controlPlane.serviceAccountKubeconfig(NAMESPACE, NAME);
}

function bind(client: Pick<KubeClient, 'create'>, kind: keyof typeof BINDINGS, role: 'Role' | 'ClusterRole') {
  return client.create(BINDINGS[kind], {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name: NAME, ...(kind === 'RoleBinding' ? { namespace: NAMESPACE } : {}) },
    roleRef: { apiGroup: GROUP, kind: role, name: 'signet-key-keeper' },
    subjects: [{ kind: 'ServiceAccount', namespace: NAMESPACE, name: NAME }],
  });
}
