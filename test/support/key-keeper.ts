/** @module A ServiceAccount with the rights of `signet-key-keeper` and nothing else, for the verbs that handle private keys. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { awaitRight } from './await-right.ts';
import { RBAC_GROUP, rbacType } from './resource-types.ts';

const NAMESPACE = 'signet-system';
const NAME = 'keeper';

/** Makes the account, binds both roles to it, and waits until that counts. Returns the path of its kubeconfig. */
export async function createKeyKeeper(
  client: Pick<KubeClient, 'create'>,
  controlPlane: Pick<ControlPlane, 'serviceAccountKubeconfig'>,
): Promise<string> {
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: NAMESPACE, name: NAME },
  });
  await bind(client, 'Role');
  await bind(client, 'ClusterRole');
  const account = { namespace: NAMESPACE, name: NAME };
  const ofKeys = { apiGroups: [''], resources: ['secrets'], verbs: ['create'] };
  await awaitRight(client, account, { rule: ofKeys, namespace: NAMESPACE });
  await awaitRight(client, account, {
    rule: { apiGroups: ['bitnami.com'], resources: ['sealedsecrets'], verbs: ['list'] },
  });
  return controlPlane.serviceAccountKubeconfig(NAMESPACE, NAME);
}

function bind(client: Pick<KubeClient, 'create'>, role: 'Role' | 'ClusterRole') {
  return client.create(rbacType(`${role}Binding`), {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: `${role}Binding`,
    metadata: { name: NAME, ...(role === 'Role' ? { namespace: NAMESPACE } : {}) },
    roleRef: { apiGroup: RBAC_GROUP, kind: role, name: 'signet-key-keeper' },
    subjects: [{ kind: 'ServiceAccount', namespace: NAMESPACE, name: NAME }],
  });
}
