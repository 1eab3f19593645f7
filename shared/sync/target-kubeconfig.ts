/** @module Reads the kubeconfig that a GitSync names, out of a Secret beside it. */
import { decodeBase64 } from '../encoding/base64.ts';
import type { KubeReader } from '../kube/client.ts';
import { KubeError } from '../kube/errors.ts';
import { SECRETS } from '../kube/resource-type.ts';
import type { GitSync } from '../resources/git-sync.ts';
import type { Secret } from '../resources/secret.ts';

/** A kubeconfig as somebody wrote it; nothing of it was looked at yet. */
export interface StoredKubeconfig {
  readonly bytes: Uint8Array;
  /** Its place, for messages. */
  readonly where: string;
}

/** Those of Flux, so that its Secrets can stay as they are. */
const KEYS = ['value', 'value.yaml'];

/** What `spec.kubeConfig` names; null where there is none. @throws KubeError `KUBE_KUBECONFIG_MISSING` when Secret or key is not there, and others */
export async function readTargetKubeconfig(
  client: Pick<KubeReader, 'get'>,
  { metadata, spec }: Pick<GitSync, 'metadata' | 'spec'>,
): Promise<StoredKubeconfig | null> {
  if (spec.kubeConfig === undefined) return null;
  const { name, key } = spec.kubeConfig.secretRef;
  const place = `Secret ${metadata.namespace ?? ''}/${name}`;
  const secret = (await client.get(SECRETS, { namespace: metadata.namespace, name })) as Secret | null;
  if (secret === null) throw missing(`cannot use ${place} for spec.kubeConfig: it does not exist`);
  const data = secret.data ?? {};
  const found = (key === undefined ? KEYS : [key]).find((one) => Object.hasOwn(data, one));
  if (found === undefined) {
    throw missing(`cannot use ${place} for spec.kubeConfig: it has no key ${key ?? KEYS.join(' or ')}`);
  }
  return { bytes: decodeBase64(data[found] ?? ''), where: `of ${place}` };
}

function missing(message: string): KubeError {
  return new KubeError('KUBE_KUBECONFIG_MISSING', message);
}
