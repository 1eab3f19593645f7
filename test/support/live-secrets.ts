/** @module Secrets and SealedSecrets of a cluster in the terms in which tests compare them. */
import type { KubeReader } from '../../shared/kube/client.ts';
import { type ResourceType, SEALED_SECRETS, SECRETS } from '../../shared/kube/resource-type.ts';
import type { Condition } from '../../shared/resources/conditions.ts';
import type { KubeObject, OwnerReference } from '../../shared/resources/object-meta.ts';
import type { SealedSecret } from '../../shared/resources/sealed-secret.ts';
import type { Secret } from '../../shared/resources/secret.ts';

/** The content of each Secret of `namespace` by name; the owners are left out, see {@link ownersOf}. */
export async function contentsOf(client: KubeReader, namespace: string): Promise<Record<string, Secret>> {
  const { items } = await client.list(SECRETS, { namespace });
  return Object.fromEntries(items.map((item) => [item.metadata.name, contentOf(item as Secret)]));
}

/** A Secret as a file would have it: without what the API server adds, and with the type that it fills in. */
export function contentOf({ apiVersion, kind, metadata, type, immutable, data }: Secret): Secret {
  const { name, namespace, labels, annotations, finalizers } = metadata;
  return {
    apiVersion,
    kind,
    metadata: {
      ...(name !== undefined && { name }),
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ...(finalizers !== undefined && { finalizers }),
    },
    type: type ?? 'Opaque',
    ...(immutable !== undefined && { immutable }),
    data: data ?? {},
  };
}

/** The owners of each Secret of `namespace` by name. */
export async function ownersOf(
  client: KubeReader,
  namespace: string,
): Promise<Record<string, readonly OwnerReference[]>> {
  const { items } = await client.list(SECRETS, { namespace });
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.ownerReferences ?? []]));
}

/** What sealed-secrets' users expect as the only owner of what a SealedSecret unsealed to. */
export function ownerFor({ metadata }: KubeObject): OwnerReference {
  const { name = '', uid = '' } = metadata;
  return { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret', name, uid, controller: true };
}

/** `uid/resourceVersion` of each object of `namespace` by name: equal for as long as nobody writes. */
export async function versionsOf(
  client: KubeReader,
  type: ResourceType,
  namespace: string,
  labelSelector?: string,
): Promise<Record<string, string>> {
  const { items } = await client.list(type, { namespace, labelSelector });
  return Object.fromEntries(
    items.map(({ metadata: { name, uid, resourceVersion } }) => [name, `${uid}/${resourceVersion}`]),
  );
}

/** The SealedSecrets of `namespace`. */
export async function sealedSecretsOf(client: KubeReader, namespace: string): Promise<readonly SealedSecret[]> {
  const { items } = await client.list(SEALED_SECRETS, { namespace });
  return items as readonly SealedSecret[];
}

/** The condition of `type`, if there is one. */
export function conditionOf(sealed: SealedSecret, type: string): Condition | undefined {
  return sealed.status?.conditions?.find((condition) => condition.type === type);
}

/** Status and observed generation of each SealedSecret's condition `type` by name, as `True 1`. */
export async function conditionsOf(
  client: KubeReader,
  namespace: string,
  type: string,
): Promise<Record<string, string>> {
  const sealed = await sealedSecretsOf(client, namespace);
  return Object.fromEntries(
    sealed.map((one) => [one.metadata.name, `${conditionOf(one, type)?.status} ${one.status?.observedGeneration}`]),
  );
}
