/** @module Types that only tests create by name: workloads and rights. */
import type { ResourceType } from '../../shared/kube/resource-type.ts';

/** API group of roles and bindings. */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** The workload that tests take for all of them. */
export const DEPLOYMENTS: ResourceType = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};

/** What holds data. */
export const CLAIMS: ResourceType = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
};

/** What runs once; its template cannot be changed. */
export const JOBS: ResourceType = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };

const ADMISSION = { group: 'admissionregistration.k8s.io', version: 'v1', namespaced: false };

/** What refuses requests by an expression. */
export const POLICIES: ResourceType = {
  ...ADMISSION,
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
};

/** What puts {@link POLICIES} into force. */
export const POLICY_BINDINGS: ResourceType = {
  ...ADMISSION,
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
};

/** The type of a kind of {@link RBAC_GROUP}. */
export function rbacType(kind: 'Role' | 'RoleBinding' | 'ClusterRole' | 'ClusterRoleBinding'): ResourceType {
  const plural = `${kind.toLowerCase()}s`;
  return { group: RBAC_GROUP, version: 'v1', kind, plural, namespaced: !kind.startsWith('Cluster') };
}
