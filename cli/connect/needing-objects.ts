/** @module The SealedSecrets of a cluster that were opened with a certain key, by name, as far as the user may list them. */
import { isMap } from '../../shared/encoding/value-kind.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';
import type { Cluster } from './cluster.ts';

/** `namespace/name` of each object whose status names `fingerprint`, sorted; null when the user may not list them all. */
export async function findNeedingObjects({ client }: Cluster, fingerprint: string): Promise<readonly string[] | null> {
  try {
    const { items } = await client.list(SEALED_SECRETS);
    return items
      .filter((object) => openedWith(object).includes(fingerprint))
      .map(({ metadata }) => placeKey(metadata))
      .sort();
  } catch (error) {
    if (isKubeError(error, 'KUBE_FORBIDDEN')) return null;
    throw error;
  }
}

/** The records of the last unsealing and of a later one that failed. Whoever may write a status can put anything there. */
function openedWith(object: KubeObject): readonly unknown[] {
  const status = object['status'];
  if (!isMap(status)) return [];
  return [status['unsealed'], status['attempt']].flatMap((record) => {
    const keys = isMap(record) ? record['keys'] : undefined;
    return Array.isArray(keys) ? keys : [];
  });
}
