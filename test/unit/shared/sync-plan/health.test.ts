import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../shared/resources/object-meta.ts';
import { assessHealth, hasHealth } from '../../../../shared/sync-plan/health.ts';

type Fields = Readonly<Record<string, unknown>>;

function object(type: string, parts: { spec?: Fields; status?: unknown; metadata?: Fields } = {}): KubeObject {
  const [apiVersion = '', kind = ''] = type.split(' ');
  const metadata = { name: 'one', namespace: 'shop', generation: 3, ...parts.metadata };
  return {
    apiVersion,
    kind,
    metadata,
    spec: parts.spec ?? {},
    ...(parts.status === undefined ? {} : { status: parts.status }),
  };
}

function condition(type: string, status: string, reason = 'Because', message = 'so it is'): Fields {
  return { type, status, reason, message };
}

const rolledOut = [condition('Progressing', 'True', 'NewReplicaSetAvailable'), condition('Available', 'True')];
const full = { observedGeneration: 3, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const timed = { replicas: 2, progressDeadlineSeconds: 600 };

describe('Deployment', () => {
  test.each([
    ['no status', timed, undefined, 'progressing', 'was not looked at by its controller yet'],
    [
      'generation 0 observed',
      timed,
      { ...full, observedGeneration: 0 },
      'progressing',
      'has a status of an earlier generation',
    ],
    ['done', timed, { ...full, conditions: rolledOut }, 'healthy', 'is as it should be'],
    [
      'one replica by default',
      {},
      { ...full, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: rolledOut },
      'healthy',
      'is as it should be',
    ],
    [
      'not created',
      timed,
      { ...full, replicas: 1, conditions: rolledOut },
      'progressing',
      'has 1 of 2 replicas created',
    ],
    [
      'not updated',
      timed,
      { ...full, updatedReplicas: 0, conditions: rolledOut },
      'progressing',
      'has 0 of 2 replicas updated',
    ],
    [
      'old ones left',
      timed,
      { ...full, replicas: 3, conditions: rolledOut },
      'progressing',
      'still has 1 replicas that are to go',
    ],
    [
      'not available',
      timed,
      { ...full, availableReplicas: 1, conditions: rolledOut },
      'progressing',
      'has 1 of 2 replicas available',
    ],
    [
      'not ready',
      timed,
      { ...full, readyReplicas: 1, conditions: rolledOut },
      'progressing',
      'has 1 of 2 replicas ready',
    ],
    [
      'no new ReplicaSet',
      timed,
      { ...full, conditions: [condition('Progressing', 'True', 'ReplicaSetUpdated'), condition('Available', 'True')] },
      'progressing',
      'waits for its ReplicaSet: ReplicaSetUpdated: so it is',
    ],
    [
      'no deadline',
      { replicas: 2, progressDeadlineSeconds: 2_147_483_647 },
      { ...full, conditions: [condition('Available', 'True')] },
      'healthy',
      'is as it should be',
    ],
    [
      'unavailable',
      timed,
      { ...full, conditions: [rolledOut[0], condition('Available', 'False')] },
      'progressing',
      'is not available: Because: so it is',
    ],
    [
      'too late',
      timed,
      { ...full, conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out')] },
      'failed',
      'did not make progress in time: ProgressDeadlineExceeded: timed out',
    ],
  ])('%s', (...[, spec, status, state, message]) => {
    expect(assessHealth(object('apps/v1 Deployment', { spec, status }))).toEqual({ state, message });
  });
});

describe('other workloads', () => {
  const rolling = { replicas: 2, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } };
  const set = {
    observedGeneration: 3,
    replicas: 2,
    readyReplicas: 2,
    currentReplicas: 2,
    updatedReplicas: 2,
    currentRevision: 'a',
    updateRevision: 'a',
  };
  const daemon = {
    observedGeneration: 3,
    desiredNumberScheduled: 2,
    currentNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
    numberReady: 2,
  };
  const replicaSet = {
    observedGeneration: 3,
    replicas: 2,
    fullyLabeledReplicas: 2,
    availableReplicas: 2,
    readyReplicas: 2,
  };
  test.each([
    ['apps/v1 StatefulSet', rolling, set, 'healthy'],
    ['apps/v1 StatefulSet', rolling, undefined, 'progressing'],
    ['apps/v1 StatefulSet', rolling, { ...set, readyReplicas: 1 }, 'progressing'],
    ['apps/v1 StatefulSet', rolling, { ...set, replicas: 3 }, 'progressing'],
    ['apps/v1 StatefulSet', rolling, { ...set, updatedReplicas: 1 }, 'progressing'],
    [
      'apps/v1 StatefulSet',
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      { ...set, updatedReplicas: 1 },
      'healthy',
    ],
    [
      'apps/v1 StatefulSet',
      { replicas: 2, updateStrategy: { type: 'OnDelete' } },
      { observedGeneration: 3 },
      'healthy',
    ],
    ['apps/v1 StatefulSet', { replicas: 2 }, set, 'healthy'],
    ['apps/v1 StatefulSet', { replicas: 2 }, { ...set, currentReplicas: 1 }, 'progressing'],
    ['apps/v1 StatefulSet', { replicas: 2 }, { ...set, updateRevision: 'b' }, 'progressing'],
    ['apps/v1 DaemonSet', {}, daemon, 'healthy'],
    ['apps/v1 DaemonSet', {}, { observedGeneration: 3 }, 'progressing'],
    ['apps/v1 DaemonSet', {}, { ...daemon, currentNumberScheduled: 1 }, 'progressing'],
    ['apps/v1 DaemonSet', {}, { ...daemon, updatedNumberScheduled: 1 }, 'progressing'],
    [
      'apps/v1 DaemonSet',
      { updateStrategy: { type: 'OnDelete' } },
      { ...daemon, updatedNumberScheduled: 1 },
      'healthy',
    ],
    ['apps/v1 DaemonSet', {}, { ...daemon, numberAvailable: 1 }, 'progressing'],
    ['apps/v1 DaemonSet', {}, { ...daemon, numberReady: 1 }, 'progressing'],
    ['apps/v1 ReplicaSet', { replicas: 2 }, replicaSet, 'healthy'],
    ['apps/v1 ReplicaSet', { replicas: 2 }, { ...replicaSet, fullyLabeledReplicas: 1 }, 'progressing'],
    ['apps/v1 ReplicaSet', { replicas: 2 }, { ...replicaSet, replicas: 3 }, 'progressing'],
    [
      'apps/v1 ReplicaSet',
      { replicas: 2 },
      { ...replicaSet, conditions: [condition('ReplicaFailure', 'True')] },
      'progressing',
    ],
    ['batch/v1 Job', {}, undefined, 'progressing'],
    ['batch/v1 Job', {}, { active: 1 }, 'progressing'],
    ['batch/v1 Job', {}, { conditions: [condition('Complete', 'True')] }, 'healthy'],
    ['batch/v1 Job', {}, { conditions: [condition('Failed', 'True')] }, 'failed'],
    ['batch/v1 Job', { suspend: true }, undefined, 'healthy'],
    ['batch/v1 CronJob', {}, { active: [{}] }, 'healthy'],
    ['v1 Pod', {}, undefined, 'progressing'],
    ['v1 Pod', {}, { phase: 'Succeeded' }, 'healthy'],
    ['v1 Pod', {}, { phase: 'Failed' }, 'failed'],
    ['v1 Pod', {}, { phase: 'Running', conditions: [condition('Ready', 'True')] }, 'healthy'],
    ['v1 Pod', {}, { phase: 'Running', conditions: [condition('Ready', 'False')] }, 'progressing'],
    [
      'v1 Pod',
      {},
      { phase: 'Running', containerStatuses: [{ name: 'a', state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      'failed',
    ],
    [
      'v1 Pod',
      {},
      { phase: 'Pending', conditions: [condition('PodScheduled', 'False', 'Unschedulable')] },
      'progressing',
    ],
  ])('%s with spec %j and status %j is %s', (type, spec, status, state) => {
    const { state: found, message } = assessHealth(object(type, { spec, status }));
    expect(found).toBe(state);
    expect(message).not.toBe('');
  });
});

describe('other kinds', () => {
  const settled = { observedGeneration: 3 };
  test.each([
    ['v1 PersistentVolumeClaim', {}, { phase: 'Bound' }, 'healthy'],
    ['v1 PersistentVolumeClaim', {}, { phase: 'Pending' }, 'progressing'],
    ['v1 PersistentVolumeClaim', {}, { phase: 'Lost' }, 'failed'],
    ['v1 Service', { type: 'ClusterIP' }, undefined, 'healthy'],
    ['v1 Service', { type: 'LoadBalancer' }, {}, 'progressing'],
    ['v1 Service', { type: 'LoadBalancer', clusterIP: '10.0.0.1' }, {}, 'healthy'],
    ['policy/v1 PodDisruptionBudget', {}, settled, 'healthy'],
    ['networking.k8s.io/v1 Ingress', {}, {}, 'healthy'],
    ['apiextensions.k8s.io/v1 CustomResourceDefinition', {}, undefined, 'progressing'],
    [
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      {},
      { conditions: [condition('Established', 'True')] },
      'healthy',
    ],
    [
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      {},
      { conditions: [condition('Established', 'False', 'Installing')] },
      'progressing',
    ],
    [
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      {},
      { conditions: [condition('Established', 'False', 'Other')] },
      'failed',
    ],
    [
      'apiextensions.k8s.io/v1 CustomResourceDefinition',
      {},
      { conditions: [condition('NamesAccepted', 'False')] },
      'failed',
    ],
    ['apiregistration.k8s.io/v1 APIService', {}, { conditions: [condition('Available', 'True')] }, 'healthy'],
    ['apiregistration.k8s.io/v1 APIService', {}, {}, 'progressing'],
    ['bitnami.com/v1alpha1 SealedSecret', {}, undefined, 'progressing'],
    ['bitnami.com/v1alpha1 SealedSecret', {}, { observedGeneration: -1 }, 'progressing'],
    ['bitnami.com/v1alpha1 SealedSecret', {}, { ...settled, conditions: [condition('Ready', 'True')] }, 'healthy'],
    [
      'bitnami.com/v1alpha1 SealedSecret',
      {},
      { ...settled, conditions: [condition('Ready', 'False'), condition('Stalled', 'True')] },
      'failed',
    ],
    ['bitnami.com/v1alpha1 SealedSecret', {}, { ...settled, conditions: [condition('Synced', 'True')] }, 'healthy'],
    ['bitnami.com/v1alpha1 SealedSecret', {}, { ...settled, conditions: [condition('Synced', 'False')] }, 'failed'],
    [
      'bitnami.com/v1alpha1 SealedSecret',
      {},
      { observedGeneration: 2, conditions: [condition('Synced', 'True')] },
      'progressing',
    ],
    ['signet.dev/v1alpha1 GitSync', {}, undefined, 'progressing'],
    ['signet.dev/v1alpha1 GitSync', {}, { ...settled, conditions: [condition('Ready', 'True')] }, 'healthy'],
    ['signet.dev/v1alpha1 GitSync', {}, { ...settled, conditions: [condition('Ready', 'False')] }, 'progressing'],
    ['example.com/v1 Widget', {}, undefined, 'healthy'],
    ['example.com/v1 Widget', {}, { conditions: [condition('Ready', 'True')] }, 'healthy'],
    ['example.com/v1 Widget', {}, { conditions: [condition('Ready', 'False')] }, 'progressing'],
    [
      'example.com/v1 Widget',
      {},
      { conditions: [{ ...condition('Ready', 'True'), observedGeneration: 2 }] },
      'progressing',
    ],
    ['example.com/v1 Widget', {}, { observedGeneration: 2, conditions: [condition('Ready', 'True')] }, 'progressing'],
    [
      'example.com/v1 Widget',
      {},
      { ...settled, conditions: [condition('Ready', 'True'), condition('Reconciling', 'True')] },
      'progressing',
    ],
    [
      'example.com/v1 Widget',
      {},
      { ...settled, conditions: [condition('Ready', 'True'), condition('Stalled', 'True')] },
      'failed',
    ],
    ['example.com/v1 Widget', {}, { conditions: 'none' }, 'unknown'],
    ['example.com/v1 Widget', {}, 'fine', 'unknown'],
    ['v1 ConfigMap', {}, undefined, 'healthy'],
  ])('%s with spec %j and status %j is %s', (type, spec, status, state) => {
    expect(assessHealth(object(type, { spec, status })).state).toBe(state);
  });
});

test('an object on its way out is never healthy', () => {
  const metadata = { deletionTimestamp: '2030-01-01T00:00:00Z' };
  expect(assessHealth(object('v1 ConfigMap', { metadata }))).toEqual({
    state: 'progressing',
    message: 'is being deleted',
  });
});

test('texts of a status are cut to a length', () => {
  const status = { conditions: [condition('Ready', 'False', 'Because', 'x'.repeat(10_000))] };
  expect(assessHealth(object('example.com/v1 Widget', { status })).message.length).toBeLessThan(500);
});

test('kinds without a status need not be read', () => {
  expect(hasHealth({ group: '', kind: 'Secret' })).toBe(false);
  expect(hasHealth({ group: 'example.com', kind: 'Secret' })).toBe(true);
  expect(hasHealth({ group: 'constructor', kind: 'toString' })).toBe(true);
  expect(hasHealth({ group: 'apps', kind: 'Deployment' })).toBe(true);
});
