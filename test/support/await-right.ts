/** @module Waits for rights that were just given: the API server hears of roles and bindings by watch, a moment after it has stored them. */
import type { KubeClient } from '../../shared/kube/client.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import { eventually } from './eventually.ts';

/** One rule of a role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const REVIEWS: ResourceType = {
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
};

/** Resolves when the service account may do the first thing that `rule` names, in `namespace` or, without one, everywhere. */
export async function awaitRight(
  client: Pick<KubeClient, 'create'>,
  account: { readonly namespace: string; readonly name: string },
  { rule, namespace }: { readonly rule: Rule; readonly namespace?: string },
): Promise<void> {
  const [resource = '', subresource = ''] = rule.resources[0]?.split('/') ?? [];
  const resourceAttributes = { namespace, group: rule.apiGroups[0], resource, subresource, verb: rule.verbs[0] };
  const spec = {
    user: `system:serviceaccount:${account.namespace}:${account.name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`, 'system:authenticated'],
    resourceAttributes,
  };
  await eventually(async () => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {}, spec };
    const { status } = (await client.create(REVIEWS, review)) as { status?: { allowed?: boolean } };
    if (status?.allowed !== true) throw new Error(`not allowed yet: ${JSON.stringify(spec)}`);
  });
}
