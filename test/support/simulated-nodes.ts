/**
 * @module What nodes and the controllers of workloads and volumes would do in a cluster that has none: every workload that comes up gets
 * the status of one that runs as it should, every claim its volume, and what is deleted is let go.
 */
import { canonicalJson } from '../../shared/encoding/json.ts';
import type { KubeClient, ObjectReference, ObjectWatch, WatchEvent } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import type { ResourceType } from '../../shared/kube/resource-type.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { RUNNING_STATUSES, type Status } from './running-statuses.ts';

/** Nodes that are there until `stop`. */
export interface SimulatedNodes {
  /** Ends them, after the writes that are under way; throws the first failure that was no change or deletion under their hands. */
  stop(): Promise<void>;
}

/** The server puts these on volumes and claims, for the controllers to take off. */
const PROTECTIONS = ['kubernetes.io/pv-protection', 'kubernetes.io/pvc-protection'];

/** Starts to look after all workloads of the cluster, those that are there already included. */
export async function startSimulatedNodes(client: KubeClient): Promise<SimulatedNodes> {
  const watches: ObjectWatch[] = [];
  const writes = new Set<Promise<unknown>>();
  const failures: unknown[] = [];
  const take = (writing: Promise<unknown>): void => {
    const taken: Promise<unknown> = writing
      .catch((error: unknown) => {
        if (!isKubeError(error, 'KUBE_NOT_FOUND', 'KUBE_CONFLICT')) failures.push(error);
      })
      .finally(() => writes.delete(taken));
    writes.add(taken);
  };
  for (const [key, statusOf] of RUNNING_STATUSES) {
    const type = await findType(client, key);
    const look = (object: KubeObject): Promise<unknown> =>
      object.metadata.deletionTimestamp === undefined
        ? writeStatus(client, type, object, statusOf(object))
        : letGo(client, type, object);
    const onEvent = ({ kind, object }: WatchEvent): void => {
      if (kind !== 'removed') take(look(object));
    };
    watches.push(client.watch(type, {}, { onEvent, onSynced: () => undefined, onProblem: () => undefined }));
  }
  return {
    stop: async () => {
      for (const watch of watches) watch.stop();
      await Promise.all(writes);
      if (failures.length > 0) throw failures[0];
    },
  };
}

async function findType(client: KubeClient, apiVersionAndKind: string): Promise<ResourceType> {
  const end = apiVersionAndKind.lastIndexOf('/');
  const type = await client.findType(apiVersionAndKind.slice(0, end), apiVersionAndKind.slice(end + 1));
  if (type === null) throw new Error(`${apiVersionAndKind} is not served`);
  return type;
}

async function writeStatus(client: KubeClient, type: ResourceType, object: KubeObject, status: Status): Promise<void> {
  if (holds(object['status'], status)) return;
  await client.mergePatch(
    type,
    placeOf(object),
    { status },
    { subresource: 'status', fieldManager: 'simulated-nodes' },
  );
}

/** Takes protection off what is being deleted: nothing uses it. */
async function letGo(client: KubeClient, type: ResourceType, object: KubeObject): Promise<void> {
  const { finalizers = [], resourceVersion } = object.metadata;
  const kept = finalizers.filter((finalizer) => !PROTECTIONS.includes(finalizer));
  if (kept.length === finalizers.length) return;
  await client.mergePatch(type, placeOf(object), { metadata: { finalizers: kept, resourceVersion } });
}

function placeOf({ metadata }: KubeObject): ObjectReference {
  return { namespace: metadata.namespace, name: metadata.name ?? '' };
}

/** Whether every field of `wanted` stands in `status` as it is. */
function holds(status: unknown, wanted: Status): boolean {
  const present = (status ?? {}) as Status;
  return Object.entries(wanted).every(
    ([field, value]) => canonicalJson(present[field] ?? null) === canonicalJson(value),
  );
}
