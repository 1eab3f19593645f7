/** @module The objects that GitSyncs own, and the Secrets that SealedSecrets became, without what no two clusters can have in common. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { INVENTORIES, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { Inventory } from '../../shared/resources/git-sync.ts';
import { identityOf, type KubeObject, objectKey } from '../../shared/resources/object-meta.ts';
import { createServedKinds } from '../../shared/sync/served-kinds.ts';
import { identityOfEntry } from '../../shared/sync-plan/inventory.ts';

/** Of every object: what a server makes up when it stores one. */
const METADATA = ['uid', 'resourceVersion', 'creationTimestamp', 'generation'] as const;
/** Of a Service: addresses that the server picks. */
const SERVICE_SPEC = ['clusterIP', 'clusterIPs'] as const;
/** Of a Deployment: how often its pods were changed in this cluster. */
const REVISION = 'deployment.kubernetes.io/revision';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Every object by its key, in order. Left out are {@link METADATA}, the status, {@link SERVICE_SPEC}, the value of {@link REVISION}, the uids of
 * owners, there and in managed fields, the times of managed fields, and the managed fields of the status. Nothing else.
 */
export async function dumpOwned(client: KubeClient): Promise<Readonly<Record<string, unknown>>> {
  const objects = [...(await ownedObjects(client)), ...(await unsealedSecrets(client))];
  const entries = objects.map((object) => [objectKey(identityOf(object)), normalize(object)] as const);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function ownedObjects(client: KubeClient): Promise<readonly KubeObject[]> {
  const kinds = createServedKinds(client);
  const { items } = await client.list(INVENTORIES);
  const entries = (items as readonly Inventory[]).flatMap(({ spec }) => spec.entries);
  return Promise.all(
    entries.map(async (entry) => {
      const { namespace, name } = identityOfEntry(entry);
      const type = await kinds.findForEntry(entry);
      const object = type === null ? null : await client.get(type, { namespace: namespace || undefined, name });
      if (object === null) throw new Error(`${entry.kind} ${namespace}/${name} is owned and not there`);
      return object;
    }),
  );
}

async function unsealedSecrets(client: KubeClient): Promise<readonly KubeObject[]> {
  const { items } = await client.list(SEALED_SECRETS);
  return Promise.all(
    items.map(async ({ metadata: { namespace, name = '' } }) => {
      const secret = await client.get(SECRETS, { namespace, name });
      if (secret === null) throw new Error(`Secret ${namespace}/${name} is not there`);
      return secret;
    }),
  );
}

function normalize({ status: _status, metadata, ...object }: KubeObject): Fields {
  const { managedFields, ownerReferences, annotations, ...rest } = metadata;
  const spec = object['spec'] as Fields | undefined;
  return {
    ...object,
    ...(object.kind === 'Service' && spec !== undefined && { spec: without(spec, SERVICE_SPEC) }),
    metadata: {
      ...without(rest, METADATA),
      ...(annotations && { annotations: REVISION in annotations ? { ...annotations, [REVISION]: '' } : annotations }),
      ...(ownerReferences && { ownerReferences: ownerReferences.map((owner) => without({ ...owner }, ['uid'])) }),
      managedFields: normalizeManaged(managedFields as readonly Fields[]),
    },
  };
}

function normalizeManaged(entries: readonly Fields[]): readonly Fields[] {
  const lasting = entries
    .filter(({ subresource }) => subresource !== 'status')
    .map((entry) => without(entry, ['time']));
  const keyOf = ({ manager, operation, apiVersion }: Fields): string => `${manager} ${operation} ${apiVersion}`;
  return lasting.map(withoutOwnerUids).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** An owner is a key of managed fields by its uid. */
function withoutOwnerUids(entry: Fields): Fields {
  return JSON.parse(JSON.stringify(entry).replaceAll(/(k:\{\\"uid\\":\\")[0-9a-f-]{36}/g, '$1'));
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}
