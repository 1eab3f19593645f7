/** @module What the status of the SealedSecrets of a cluster says of the keys that they need, as far as the user may list them. */
import { isMap, ownValue } from '../../shared/encoding/value-kind.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SEALED_SECRETS } from '../../shared/kube/resource-type.ts';
import { type KubeObject, placeKey } from '../../shared/resources/object-meta.ts';
import type { Cluster } from './cluster.ts';

/** SealedSecrets by what is known of their keys, each `namespace/name`, sorted. Whoever may write a status can put anything there. */
export interface ObjectKeys {
  /** Those whose status names the key of this fingerprint. */
  needing(fingerprint: string): readonly string[];
  /** Those whose status speaks of an older generation, or of none. */
  readonly unseen: readonly string[];
  /** Those whose status says that their items do not open. */
  readonly unopened: readonly string[];
}

/** Reasons of condition `Ready` of objects of which nobody knows the key. */
const UNOPENED: readonly unknown[] = ['KeyNotFound', 'WrongScope', 'Malformed'];

/** What every object of the cluster says; null when the user may not list them all. @throws KubeError */
export async function readObjectKeys({ client }: Pick<Cluster, 'client'>): Promise<ObjectKeys | null> {
  try {
    const { items } = await client.list(SEALED_SECRETS);
    return objectKeysOf(items);
  } catch (error) {
    if (isKubeError(error, 'KUBE_FORBIDDEN')) return null;
    throw error;
  }
}

function objectKeysOf(objects: readonly KubeObject[]): ObjectKeys {
  const namesOf = (accepts: (object: KubeObject) => boolean): readonly string[] =>
    objects
      .filter(accepts)
      .map(({ metadata }) => placeKey(metadata))
      .sort();
  return {
    needing: (fingerprint) => namesOf((object) => openedWith(object).includes(fingerprint)),
    unseen: namesOf(isUnseen),
    unopened: namesOf((object) => !isUnseen(object) && UNOPENED.includes(failureOf(object)) && !hasOpened(object)),
  };
}

/** The keys of the last unsealing and of a later one that failed. */
function openedWith(object: KubeObject): readonly unknown[] {
  return [...(keysOf(object, 'unsealed') ?? []), ...(keysOf(object, 'attempt') ?? [])];
}

/** What failed was not the opening: its Secret is one that the API server does not take. */
function hasOpened(object: KubeObject): boolean {
  return keysOf(object, 'attempt') !== null;
}

function keysOf(object: KubeObject, record: 'unsealed' | 'attempt'): readonly unknown[] | null {
  const status = object['status'];
  const found = isMap(status) ? status[record] : undefined;
  const keys = isMap(found) ? found['keys'] : undefined;
  return Array.isArray(keys) ? keys : null;
}

/** One that is about to go will need no key. */
function isUnseen(object: KubeObject): boolean {
  const { generation = 0, deletionTimestamp } = object.metadata;
  const status = object['status'];
  const observed = isMap(status) ? ownValue(status, 'observedGeneration') : undefined;
  return deletionTimestamp === undefined && !(typeof observed === 'number' && observed >= generation);
}

function failureOf(object: KubeObject): unknown {
  const status = object['status'];
  const conditions = isMap(status) ? status['conditions'] : undefined;
  if (!Array.isArray(conditions)) return undefined;
  const ready: unknown = conditions.find((condition: unknown) => isMap(condition) && condition['type'] === 'Ready');
  return isMap(ready) && ready['status'] === 'False' ? ready['reason'] : undefined;
}
