import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { secretsOf } from '../../../../shared/sync-plan/secret-references.ts';

const pod = {
  containers: [
    {
      envFrom: [{ secretRef: { name: 'env-from' } }, { configMapRef: { name: 'no' } }],
      env: [
        { name: 'A', valueFrom: { secretKeyRef: { name: 'env', key: 'a' } } },
        { name: 'B', value: 'no' },
      ],
    },
  ],
  initContainers: [{ envFrom: [{ secretRef: { name: 'init' } }] }],
  volumes: [
    { name: 'v', secret: { secretName: 'volume' } },
    { name: 'p', projected: { sources: [{ secret: { name: 'projected' } }, { configMap: { name: 'no' } }] } },
  ],
  imagePullSecrets: [{ name: 'pull' }],
};
const all = ['env', 'env-from', 'init', 'projected', 'pull', 'volume'];

test.each([
  ['Pod', pod],
  ['Deployment', { template: { spec: pod } }],
  ['CronJob', { jobTemplate: { spec: { template: { spec: pod } } } }],
])('the Secrets of a %s are found wherever its pods name them', (kind, spec) => {
  expect([...secretsOf({ apiVersion: 'v1', kind, metadata: {}, spec })].sort()).toEqual(all);
});

test('an object without pods refers to no Secret', () => {
  expect(secretsOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }).size).toBe(0);
});

test('any JSON is read without a throw', () => {
  const json = fc.jsonValue() as fc.Arbitrary<unknown>;
  const spec = fc.oneof(
    json,
    fc.record({ containers: json, volumes: json, template: json, imagePullSecrets: fc.array(json) }),
  );
  fc.assert(
    fc.property(spec, (value) => {
      const object = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: value } as KubeObject;
      for (const name of secretsOf(object)) expect(typeof name).toBe('string');
    }),
  );
});
