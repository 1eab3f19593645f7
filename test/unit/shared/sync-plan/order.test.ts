import { expect, test } from 'vitest';
import { stageOf, toApplyStages } from '../../../../shared/sync-plan/order.ts';

test.each([
  ['', 'Namespace', 0],
  ['apiextensions.k8s.io', 'CustomResourceDefinition', 1],
  ['storage.k8s.io', 'StorageClass', 2],
  ['gateway.networking.k8s.io', 'GatewayClass', 2],
  ['rbac.authorization.k8s.io', 'RoleBinding', 2],
  ['', 'Secret', 2],
  ['bitnami.com', 'SealedSecret', 2],
  ['apps', 'Deployment', 3],
  ['example.com', 'Namespace', 3],
  ['serving.knative.dev', 'Service', 3],
  ['__proto__', 'Thing', 3],
  ['admissionregistration.k8s.io', 'MutatingWebhookConfiguration', 4],
  ['admissionregistration.k8s.io', 'ValidatingAdmissionPolicy', 4],
])('stageOf puts %s %s into stage %i', (group, kind, stage) => {
  expect(stageOf({ group, kind })).toBe(stage);
});

test('toApplyStages leaves empty stages out and sorts each one', () => {
  const identity = (kind: string, name: string) => ({ identity: { group: '', kind, namespace: '', name } });
  const stages = toApplyStages([identity('Secret', 'b'), identity('Pod', 'p'), identity('Secret', 'a')]);
  expect(stages.map(({ stage, items }) => [stage, items.map((item) => item.identity.name)])).toEqual([
    [2, ['a', 'b']],
    [3, ['p']],
  ]);
});
