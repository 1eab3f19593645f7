/** @module What signet controllers say of their keys in ConfigMap `signet-keys`, and in which namespaces it is looked for. */
import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { type KeyList, readKeyList } from '../../shared/resources/key-list.ts';
import { KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerChoice, namespacesOf } from './controller-places.ts';
import { assertOnePlace, assertOnlyController } from './only-controller.ts';

/** A key list and the namespace of the controller that wrote it. */
export interface FoundKeyList {
  readonly namespace: string;
  readonly list: KeyList;
}

/**
 * The key list of the chosen controller, or of the first one that is found; null when there is none. It may say no more
 * than why there are no keys. Each place without a list is added to `misses`.
 * @throws as {@link readKeyLists}
 */
export async function findKeyList(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[] = [],
): Promise<FoundKeyList | null> {
  const [first = null] = await readKeyLists(cluster, choice, misses);
  return first;
}

/**
 * As {@link findKeyList}; `unable` is what a sealed-secrets controller cannot do, for the hint.
 * @throws CliError `CLI_CONTROLLER_NOT_FOUND`, and as {@link readKeyLists}
 */
export async function getKeyList(cluster: Cluster, choice: ControllerChoice, unable: string): Promise<FoundKeyList> {
  const misses: string[] = [];
  const found = await findKeyList(cluster, choice, misses);
  if (found !== null) return found;
  throw new CliError(
    'CLI_CONTROLLER_NOT_FOUND',
    `cannot find a signet controller in the cluster ${cluster.description}: ${misses.join('; ')}`,
    { hint: `say where it runs with --controller-namespace; a sealed-secrets controller ${unable}` },
  );
}

/**
 * The list that says something; none when there is none. @throws CliError `CLI_CONTROLLER_AMBIGUOUS` when there are two, or when
 * another controller answers elsewhere; KubeError
 */
export async function readKeyLists(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[],
): Promise<readonly FoundKeyList[]> {
  const readings = await Promise.all(namespacesOf(choice).map((namespace) => readPlace(cluster, namespace)));
  misses.push(...readings.flatMap(({ miss }) => miss ?? []));
  const found = readings.flatMap(({ namespace, list }) =>
    list === null || (list.keys.length === 0 && list.problem === undefined) ? [] : [{ namespace, list }],
  );
  assertOnePlace(
    cluster,
    found.map(({ namespace }) => namespace),
  );
  const [first] = found;
  if (first === undefined) return [];
  await assertOnlyController(cluster, choice, { namespace: first.namespace, pem: first.list.certificatesPem });
  return [first];
}

interface PlaceReading {
  readonly namespace: string;
  readonly list: KeyList | null;
  readonly miss?: string;
}

async function readPlace(cluster: Cluster, namespace: string): Promise<PlaceReading> {
  const misses: string[] = [];
  const list = await readList(cluster, namespace, misses);
  const [miss] = misses;
  return { namespace, list, ...(miss !== undefined && { miss }) };
}

async function readList(cluster: Cluster, namespace: string, misses: string[]): Promise<KeyList | null> {
  const miss = (why: string): null => {
    misses.push(`ConfigMap ${namespace}/${KEYS_CONFIG_MAP}: ${why}`);
    return null;
  };
  try {
    const configMap = await cluster.client.get(CONFIG_MAPS, { namespace, name: KEYS_CONFIG_MAP });
    if (configMap === null) return miss('not found');
    return readKeyList(configMap) ?? miss('holds no key list');
  } catch (error) {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    return miss('you may not read it');
  }
}
