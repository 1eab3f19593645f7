/**
 * @module The certificates of the cluster's controller: from ConfigMap `signet-keys`, else from a controller's `/v1/cert.pem`
 * through the API server's service proxy, which is the only way that sealed-secrets' controller knows.
 */

import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS } from '../../shared/kube/resource-type.ts';
import { type KeyList, readKeyList } from '../../shared/resources/key-list.ts';
import { DEFAULT_CONTROLLER_NAMESPACES, KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import { findServicePort, readServiceCertificate } from './controller-service.ts';

/** Where the controller is; what is absent is looked for. */
export interface ControllerChoice {
  readonly controllerNamespace?: string;
  readonly controllerName?: string;
}

/** What a controller says of its keys. */
export interface ControllerCertificates {
  /** PEM, the certificate to seal to first. */
  readonly pem: string;
  /** For messages: where it was found. */
  readonly origin: string;
}

/** A key list and the namespace of the controller that wrote it. */
export interface FoundKeyList {
  readonly namespace: string;
  readonly list: KeyList;
}

const SERVICE_NAMES: readonly (readonly [namespace: string, name: string])[] = [
  ['signet-system', 'signet-controller'],
  ['kube-system', 'sealed-secrets-controller'],
  // The name that sealed-secrets' Helm chart gives unless told otherwise.
  ['kube-system', 'sealed-secrets'],
];

/**
 * The certificates of the chosen controller, or of the first one that is found.
 * @throws CliError `CLI_CERTIFICATE_NOT_FOUND` with every place that was tried; KubeError when the cluster cannot be reached.
 */
export async function readControllerCertificates(
  cluster: Cluster,
  choice: ControllerChoice,
): Promise<ControllerCertificates> {
  const misses: string[] = [];
  for (const { namespace, list } of await readKeyLists(cluster, choice, misses)) {
    const origin = `ConfigMap ${KEYS_CONFIG_MAP} in ${namespace}`;
    if (list.certificatesPem !== '') return { pem: list.certificatesPem, origin };
    misses.push(`${origin}: ${list.problem ?? 'lists no key that can be sealed to'}`);
  }
  for (const [namespace, name] of servicesOf(choice)) {
    const pem = await readFromService(cluster, { namespace, name }, misses);
    if (pem !== null) return { pem, origin: `Service ${name} in ${namespace}` };
  }
  throw new CliError(
    'CLI_CERTIFICATE_NOT_FOUND',
    `cannot find a controller's certificate in the cluster ${cluster.description}: ${misses.join('; ')}`,
    {
      hint: 'say where the controller is with --controller-namespace and --controller-name, or name a certificate with --cert',
    },
  );
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

/** Every list that says something, in the order in which controllers are looked for; only the first one unless it has no certificate. */
async function readKeyLists(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[],
): Promise<readonly FoundKeyList[]> {
  const namespaces =
    choice.controllerNamespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [choice.controllerNamespace];
  const found: FoundKeyList[] = [];
  for (const namespace of namespaces) {
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

async function readFromService(
  cluster: Cluster,
  service: { readonly namespace: string; readonly name: string },
  misses: string[],
): Promise<string | null> {
  const miss = (why: string): null => {
    misses.push(`Service ${service.namespace}/${service.name}: ${why}`);
    return null;
  };
  const port = await findServicePort(cluster, service);
  if (port === null) return miss('not found');
  const answer = await readServiceCertificate(cluster, service, port);
  return answer.kind === 'found' ? answer.pem : miss(answer.reason);
}

/** Every Service that may be the chosen controller's, the likeliest first. */
export function servicesOf(choice: ControllerChoice): readonly (readonly [namespace: string, name: string])[] {
  const { controllerNamespace: namespace, controllerName: name } = choice;
  if (namespace === undefined && name === undefined) return SERVICE_NAMES;
  const namespaces = namespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [namespace];
  const names = name === undefined ? SERVICE_NAMES.map(([, known]) => known) : [name];
  return namespaces.flatMap((one) => names.map((other) => [one, other] as const));
}
