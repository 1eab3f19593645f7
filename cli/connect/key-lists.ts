/** @module What signet controllers say of their keys in ConfigMap `signet-keys`, and in which namespaces it is looked for. */
import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { type KeyList, readKeyList } from '../../shared/resources/key-list.ts';
import { DEFAULT_CONTROLLER_NAMESPACES, KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';

/** Where the controller is; what is absent is looked for. */
export interface ControllerChoice {
  readonly controllerNamespace?: string;
  readonly controllerName?: string;
}

/** A key list and the namespace of the controller that wrote it. */
export interface FoundKeyList {
  readonly namespace: string;
  readonly list: KeyList;
}

/** The namespaces that the chosen controller may be in, the likeliest first. */
export function namespacesOf({ controllerNamespace }: ControllerChoice): readonly string[] {
  return controllerNamespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [controllerNamespace];
}

/**
 * The key list of the chosen controller, or of the first one that is found; null when there is none. It may say no more
 * than why there are no keys. Each place without a list is added to `misses`.
 */
export async function findKeyList(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[] = [],
): Promise<FoundKeyList | null> {
  const [first = null] = await readKeyLists(cluster, choice, misses);
  return first;
}

/** As {@link findKeyList}; `unable` is what a sealed-secrets controller cannot do, for the hint. @throws CliError `CLI_CONTROLLER_NOT_FOUND` */
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

/** Every list that says something, in the order in which controllers are looked for; only the first one unless it has no certificate. */
export async function readKeyLists(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[],
): Promise<readonly FoundKeyList[]> {
  const found: FoundKeyList[] = [];
  for (const namespace of namespacesOf(choice)) {
    const list = await readList(cluster, namespace, misses);
    if (list === null || (list.keys.length === 0 && list.problem === undefined)) continue;
    found.push({ namespace, list });
    if (list.certificatesPem !== '') break;
  }
  return found;
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
