/**
 * @module The certificates of the cluster's controller: from ConfigMap `signet-keys`, else from a controller's `/v1/cert.pem`
 * through the API server's service proxy, which is the only way that sealed-secrets' controller knows.
 */

import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { CONFIG_MAPS, SERVICES } from '../../shared/kube/resource-type.ts';
import { servicePath } from '../../shared/kube/service-proxy.ts';
import { type KeyList, readKeyList } from '../../shared/resources/key-list.ts';
import { DEFAULT_CONTROLLER_NAMESPACES, KEYS_CONFIG_MAP } from '../../shared/resources/names.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';

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
const MAX_PEM_BYTES = 1024 * 1024;

/**
 * The certificates of the chosen controller, or of the first one that is found.
 * @throws CliError `CLI_CERTIFICATE_NOT_FOUND` with every place that was tried; KubeError when the cluster cannot be reached.
 */
export async function readControllerCertificates(
  cluster: Cluster,
  choice: ControllerChoice,
): Promise<ControllerCertificates> {
  const misses: string[] = [];
  const found = await findKeyList(cluster, choice, misses);
  if (found !== null) {
    return { pem: found.list.certificatesPem, origin: `ConfigMap ${KEYS_CONFIG_MAP} in ${found.namespace}` };
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

/** The key list of the chosen controller, or of the first one that is found; null when there is none. Each place without one is added to `misses`. */
export async function findKeyList(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[] = [],
): Promise<FoundKeyList | null> {
  const namespaces =
    choice.controllerNamespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [choice.controllerNamespace];
  for (const namespace of namespaces) {
    const list = await readList(cluster, namespace, misses);
    if (list !== null && list.keys.length > 0) return { namespace, list };
  }
  return null;
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
  const port = await portNameOf(cluster, service);
  if (port === null) return miss('not found');
  const answer = await cluster.client.raw({
    method: 'GET',
    path: servicePath(service.namespace, service.name, port, '/v1/cert.pem'),
    headers: { accept: 'application/x-pem-file, */*' },
    maxBytes: MAX_PEM_BYTES,
  });
  if (answer.status === 200) return decodeUtf8(answer.body) ?? miss('the answer is no text');
  if (answer.status === 403) return miss('you may not reach it through the service proxy');
  return miss(`its /v1/cert.pem answers HTTP ${answer.status}`);
}

/** Name of the Service's first port, which may be empty; null when there is no such Service. */
async function portNameOf(
  cluster: Cluster,
  service: { readonly namespace: string; readonly name: string },
): Promise<string | null> {
  try {
    const object = await cluster.client.get(SERVICES, service);
    if (object === null) return null;
    const spec = object['spec'] as { readonly ports?: readonly { readonly name?: string }[] } | undefined;
    return spec?.ports?.[0]?.name ?? '';
  } catch (error) {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    // Whoever may use the proxy but not read the Service gets by with its only port.
    return '';
  }
}

function servicesOf(choice: ControllerChoice): readonly (readonly [namespace: string, name: string])[] {
  const { controllerNamespace: namespace, controllerName: name } = choice;
  if (namespace === undefined && name === undefined) return SERVICE_NAMES;
  const namespaces = namespace === undefined ? DEFAULT_CONTROLLER_NAMESPACES : [namespace];
  const names = name === undefined ? SERVICE_NAMES.map(([, known]) => known) : [name];
  return namespaces.flatMap((one) => names.map((other) => [one, other] as const));
}
