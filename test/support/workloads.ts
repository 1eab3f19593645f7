/** @module Workloads that tests commit, and the statuses that a kubelet and its controllers would write for them. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { DEPLOYMENTS } from './resource-types.ts';

/** A Deployment of one replica, as a file. */
export function deployment(name: string, image = 'a:1', annotations: Readonly<Record<string, string>> = {}): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, annotations: ${JSON.stringify(annotations)}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: "${image}"}]}
`;
}

/** Writes the status of a Deployment that is rolled out, hangs, or failed, for its present generation. */
export async function writeRollout(
  client: KubeClient,
  place: { readonly namespace: string; readonly name: string },
  state: 'done' | 'hanging' | 'failed',
): Promise<void> {
  const object = await client.get(DEPLOYMENTS, place);
  if (object === null) throw new Error(`there is no Deployment ${place.name}`);
  const count = state === 'done' ? 1 : 0;
  const progress = {
    done: { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: 'it is there' },
    hanging: { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: 'it is on its way' },
    failed: { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'it took too long' },
  }[state];
  const available = { type: 'Available', status: count === 1 ? 'True' : 'False', reason: 'Test', message: '' };
  const status = {
    observedGeneration: object.metadata.generation,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: count,
    availableReplicas: count,
    conditions: [progress, available],
  };
  await client.mergePatch(DEPLOYMENTS, place, { status }, { subresource: 'status' });
}
