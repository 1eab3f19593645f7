/** @module The statuses that kinds have when everything is as it should be: what nodes and controllers write once pods run. */
import type { KubeObject } from '../../shared/resources/object-meta.ts';

/** A status, or fields of one. */
export type Status = Readonly<Record<string, unknown>>;
type StatusOf = (object: KubeObject) => Status;

/** When everything came up; a clock would make each status a new one. */
const STARTED_AT = '2026-01-01T00:00:00Z';
const DONE_AT = '2026-01-01T00:00:09Z';

/** By `apiVersion/kind`: the status of an object that runs as it should, for the generation that it has. */
export const RUNNING_STATUSES: ReadonlyMap<string, StatusOf> = new Map<string, StatusOf>([
  ['apps/v1/Deployment', deploymentStatus],
  ['apps/v1/StatefulSet', statefulSetStatus],
  ['apps/v1/DaemonSet', daemonSetStatus],
  ['apps/v1/ReplicaSet', replicaSetStatus],
  ['v1/ReplicationController', replicaSetStatus],
  ['batch/v1/Job', jobStatus],
  ['v1/Pod', podStatus],
  ['v1/PersistentVolumeClaim', claimStatus],
  ['v1/PersistentVolume', () => ({ phase: 'Available' })],
  ['autoscaling/v2/HorizontalPodAutoscaler', autoscalerStatus],
]);

/** Kinds whose objects are healthy only when nodes have looked at them. */
export const KINDS_THAT_NEED_NODES: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'Pod',
  'PersistentVolumeClaim',
]);

function countOf({ spec }: KubeObject): number {
  return (spec as { replicas?: number }).replicas ?? 1;
}

function condition(type: string, reason: string): Status {
  return { type, status: 'True', reason, message: '', lastTransitionTime: STARTED_AT };
}

function replicas(object: KubeObject): Status {
  const count = countOf(object);
  const { generation } = object.metadata;
  return { observedGeneration: generation, replicas: count, readyReplicas: count, availableReplicas: count };
}

function deploymentStatus(object: KubeObject): Status {
  const at = { lastUpdateTime: STARTED_AT };
  const available = { ...condition('Available', 'MinimumReplicasAvailable'), ...at };
  const progress = { ...condition('Progressing', 'NewReplicaSetAvailable'), ...at };
  return { ...replicas(object), updatedReplicas: countOf(object), conditions: [available, progress] };
}

function statefulSetStatus(object: KubeObject): Status {
  const [count, revision] = [countOf(object), `${object.metadata.name}-1`];
  const counts = { currentReplicas: count, updatedReplicas: count };
  return { ...replicas(object), ...counts, currentRevision: revision, updateRevision: revision };
}

/** One node. */
function daemonSetStatus({ metadata }: KubeObject): Status {
  return {
    observedGeneration: metadata.generation,
    desiredNumberScheduled: 1,
    currentNumberScheduled: 1,
    updatedNumberScheduled: 1,
    numberReady: 1,
    numberAvailable: 1,
    numberMisscheduled: 0,
  };
}

function replicaSetStatus(object: KubeObject): Status {
  return { ...replicas(object), fullyLabeledReplicas: countOf(object) };
}

/** The server takes a completed Job only with all that a Job's controller says of one. */
function jobStatus({ spec }: KubeObject): Status {
  const at = { lastProbeTime: DONE_AT, lastTransitionTime: DONE_AT };
  const conditions = ['SuccessCriteriaMet', 'Complete'].map((type) => ({
    ...condition(type, 'CompletionsReached'),
    ...at,
  }));
  const succeeded = (spec as { completions?: number }).completions ?? 1;
  return { startTime: STARTED_AT, completionTime: DONE_AT, succeeded, ready: 0, conditions };
}

function podStatus({ spec }: KubeObject): Status {
  const { containers } = spec as { containers: readonly { name: string; image: string }[] };
  const conditions = ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: STARTED_AT,
  }));
  const containerStatuses = containers.map(({ name, image }) => ({
    name,
    image,
    imageID: image,
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: STARTED_AT } },
  }));
  return { phase: 'Running', startTime: STARTED_AT, conditions, containerStatuses };
}

function claimStatus({ spec }: KubeObject): Status {
  const { accessModes, resources } = spec as {
    accessModes: readonly string[];
    resources: { requests: Readonly<Record<string, string>> };
  };
  return { phase: 'Bound', accessModes, capacity: resources.requests };
}

function autoscalerStatus({ metadata, spec }: KubeObject): Status {
  const count = (spec as { minReplicas?: number }).minReplicas ?? 1;
  const conditions = [condition('AbleToScale', 'ReadyForNewScale'), condition('ScalingActive', 'ValidMetricFound')];
  return { observedGeneration: metadata.generation, currentReplicas: count, desiredReplicas: count, conditions };
}
