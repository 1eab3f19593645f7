/** @module The owned objects as they live: who holds their fields, and what they say of themselves. Of SealedSecrets alone more than metadata is read. */
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import type { OwnedObjectFacts } from '../../shared/opengitops/facts.ts';
import type { GitSync, InventoryEntry } from '../../shared/resources/git-sync.ts';
import {
  APPLY_ANNOTATION,
  CONTROLLER_FIELD_MANAGER,
  DRIFT_ANNOTATION,
  PRUNE_ANNOTATION,
  RECONCILE_ANNOTATION,
  SEALED_SECRET_KIND,
  SYNC_FIELD_MANAGER,
  UNSEAL_FIELD_MANAGER,
} from '../../shared/resources/names.ts';
import {
  annotationOf,
  describeIdentity,
  type KubeObject,
  type ObjectIdentity,
  type ObjectMeta,
  objectKey,
} from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import { type LiveObjects, readLive, type WantedLive } from '../../shared/sync/read-live.ts';
import { createServedKinds } from '../../shared/sync/served-kinds.ts';
import { rulesOf } from '../../shared/sync-plan/object-rules.ts';
import type { Cluster } from './cluster.ts';
import { readEntries } from './git-syncs.ts';

const OWN: ReadonlySet<unknown> = new Set([SYNC_FIELD_MANAGER, UNSEAL_FIELD_MANAGER, CONTROLLER_FIELD_MANAGER]);
/** Programs of Kubernetes itself; what they write is how the object works. */
const OF_KUBERNETES =
  /^(?:kube-|kubelet$|cloud-controller-manager$|node-problem-detector$|clusterrole-aggregation-controller$|statefulset-controller$)/;

/** One entry for each object of the stored Inventory. @throws KubeError */
export async function readOwnedFacts(cluster: Cluster, gitSync: GitSync): Promise<readonly OwnedObjectFacts[]> {
  const entries = await readEntries(cluster, gitSync);
  const typed = await findTypes(cluster, entries);
  const isSealed = ({ identity }: WantedLive): boolean => isSealedSecret(identity);
  const plain = typed.filter((wanted) => !isSealed(wanted));
  const live = await readLive(cluster.client, plain, { metadataOnly: true });
  const sealed = await readLive(cluster.client, typed.filter(isSealed));
  return typed.map((wanted) => toFacts(wanted.identity, isSealed(wanted) ? sealed : live, isSealed(wanted)));
}

async function findTypes({ client }: Cluster, entries: readonly InventoryEntry[]): Promise<readonly WantedLive[]> {
  const kinds = createServedKinds(client);
  return Promise.all(
    entries.map(async (entry) => {
      const { group, kind, namespace, name } = entry;
      return { identity: { group, kind, namespace, name }, type: await kinds.findForEntry(entry) };
    }),
  );
}

function isSealedSecret({ group, kind }: ObjectIdentity): boolean {
  return group === SEALED_SECRETS.group && kind === SEALED_SECRET_KIND;
}

function toFacts(identity: ObjectIdentity, live: LiveObjects, isSealed: boolean): OwnedObjectFacts {
  const key = objectKey(identity);
  const object = live.find(key);
  const metadata = object?.metadata ?? {};
  return {
    key,
    name: describeIdentity(identity),
    managers: object === null ? [] : otherManagers(object),
    isKeptFromPruning: annotationOf(metadata, PRUNE_ANNOTATION) === 'disabled',
    exemptions: listExemptions(identity, metadata),
    ...(isSealed && { notUnsealed: live.problemOf(key) ?? whyNotUnsealed(object as SealedSecret | null) }),
  };
}

/** By the engine's own rules, of what the live object says; on a SealedSecret the annotation speaks of its Secret. */
function listExemptions(identity: ObjectIdentity, metadata: ObjectMeta): readonly string[] {
  const { drift, apply, isHandsOff } = rulesOf(
    { object: { apiVersion: '', kind: identity.kind, metadata }, identity },
    {},
  );
  const ofSecret = isSealedSecret(identity) ? annotationOf(metadata, DRIFT_ANNOTATION) : undefined;
  return [
    ...(isHandsOff ? [`annotation ${RECONCILE_ANNOTATION}: disabled has it left alone`] : []),
    ...(apply === 'if-absent' ? [`annotation ${APPLY_ANNOTATION}: if-absent has it never changed`] : []),
    ...(drift === 'repair' ? [] : [`annotation ${DRIFT_ANNOTATION}: ${drift} lets edits stay`]),
    ...(ofSecret === undefined || ofSecret === 'repair'
      ? []
      : [`edits of its Secret stay, by ${DRIFT_ANNOTATION}: ${ofSecret}`]),
  ];
}

/** Each one once. A status is not of the specification, and is written by whoever works on the object. */
function otherManagers({ metadata }: KubeObject): readonly string[] {
  const fields: unknown = metadata['managedFields'];
  const entries: readonly Readonly<Record<string, unknown>>[] = Array.isArray(fields) ? fields : [];
  const foreign = entries.filter(
    ({ manager, subresource }) => subresource !== 'status' && !OWN.has(manager) && !OF_KUBERNETES.test(String(manager)),
  );
  return [...new Set(foreign.map(({ manager }) => String(manager)))];
}

function whyNotUnsealed(sealed: SealedSecret | null): string | null {
  if (sealed === null) return 'it does not exist';
  const { conditions = [], observedGeneration = -1 } = sealed.status ?? {};
  if (observedGeneration < (sealed.metadata.generation ?? 0)) return 'nobody has looked at it yet';
  const synced = conditions?.find(({ type }) => type === 'Synced');
  if (synced?.status === 'True') return null;
  return synced === undefined ? 'nobody has looked at it yet' : `${synced.reason}: ${synced.message}`;
}
