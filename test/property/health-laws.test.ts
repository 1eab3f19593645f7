import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { assessHealth } from '../../shared/sync-plan/health.ts';

const kinds = fc.constantFrom(
  ...[
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ReplicaSet'],
  ],
  ...[
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['v1', 'Pod'],
    ['v1', 'PersistentVolumeClaim'],
    ['v1', 'Service'],
  ],
  ...[
    ['policy/v1', 'PodDisruptionBudget'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ],
  ...[
    ['bitnami.com/v1alpha1', 'SealedSecret'],
    ['signet.dev/v1alpha1', 'GitSync'],
    ['example.com/v1', 'Widget'],
  ],
);
const FIELDS = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'phase', 'containerStatuses'];
const json = fc.jsonValue() as fc.Arbitrary<unknown>;
const conditions = fc.array(
  fc.oneof(
    json,
    fc.record({
      type: fc.constantFrom('Ready', 'Reconciling', 'Stalled', 'Available', 'Progressing', 'Synced', 'Established'),
      status: fc.constantFrom('True', 'False', 'Unknown'),
      reason: fc.oneof(json, fc.constantFrom('NewReplicaSetAvailable', 'ProgressDeadlineExceeded')),
      message: json,
    }),
  ),
  { maxLength: 5 },
);
const fields = fc.dictionary(fc.constantFrom(...FIELDS, '__proto__', 'type', 'strategy'), fc.oneof(json, fc.nat(3)));
const statuses = fc.tuple(fields, conditions).map(([some, list]) => ({ ...some, conditions: list }));

test('health is told of any JSON, and never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(json, fc.record({ apiVersion: json, kind: json, metadata: json, spec: json, status: json })),
      (value) => {
        const { state, message } = assessHealth(value as KubeObject);
        expect(['healthy', 'progressing', 'failed', 'unknown']).toContain(state);
        expect(message.length).toBeLessThan(1_500);
      },
    ),
  );
});

test('a kind with a rule takes any spec and status', () => {
  fc.assert(
    fc.property(
      kinds,
      fc.oneof(json, fields),
      fc.oneof(json, statuses),
      ([apiVersion = '', kind = ''], spec, status) => {
        const object = { apiVersion, kind, metadata: { name: 'a', generation: 1 }, spec, status };
        expect(assessHealth(object).message).not.toBe('');
      },
    ),
  );
});

test('a status of an earlier generation is never healthy', () => {
  fc.assert(
    fc.property(
      kinds,
      fields,
      statuses,
      fc.integer({ min: -1, max: 4 }),
      ([apiVersion = '', kind = ''], spec, status, seen) => {
        const metadata = { name: 'a', generation: 5 };
        const object = { apiVersion, kind, metadata, spec, status: { ...status, observedGeneration: seen } };
        expect(assessHealth(object).state).not.toBe('healthy');
      },
    ),
  );
});
