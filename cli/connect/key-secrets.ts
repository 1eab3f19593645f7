/** @module The key Secrets of a controller, read by whoever may read Secrets in its namespace. */
import type { ClusterKeys } from '../../shared/key-backup/collect-backup.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { DEFAULT_KEY_PREFIX, DIGEST_KEY_SECRET, KEY_LABEL } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { CliError, LocatedError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerChoice, namespacesOf } from './controller-places.ts';
import { findKeyList } from './key-lists.ts';
import { assertOnePlace } from './only-controller.ts';

/**
 * Every key Secret of `namespace`, whatever its state, oldest first, and the digest key.
 * @throws KubeError; `KUBE_FORBIDDEN` with the namespace in front.
 */
export async function readClusterKeys({ client }: Cluster, namespace: string): Promise<ClusterKeys> {
  try {
    const [labelled, unlabelled, digestKey] = await Promise.all([
      client.list(SECRETS, { namespace, labelSelector: KEY_LABEL }),
      client.get(SECRETS, { namespace, name: DEFAULT_KEY_PREFIX }),
      client.get(SECRETS, { namespace, name: DIGEST_KEY_SECRET }),
    ]);
    const byName = new Map<string, KubeObject>();
    for (const secret of [...labelled.items, ...(unlabelled === null ? [] : [unlabelled])]) {
      byName.set(secret.metadata.name ?? '', secret);
    }
    return { namespace, keys: [...byName.values()].sort(oldestFirst), digestKey };
  } catch (error) {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    throw new LocatedError(
      `cannot read the key Secrets in namespace ${namespace}`,
      error,
      `you need to get and list Secrets in ${namespace}: Role signet-key-keeper grants it`,
    );
  }
}

/**
 * The namespace of the controller's keys: the one that was chosen, that of `signet-keys`, or the one usual namespace with key
 * Secrets in it; null when there is none. What was tried is added to `misses`.
 * @throws CliError `CLI_CONTROLLER_AMBIGUOUS`; KubeError
 */
export async function findKeyNamespace(
  cluster: Cluster,
  choice: ControllerChoice,
  misses: string[] = [],
): Promise<string | null> {
  if (choice.controllerNamespace !== undefined) return choice.controllerNamespace;
  const found = await findKeyList(cluster, choice, misses);
  if (found !== null) return found.namespace;
  const holding: string[] = [];
  for (const namespace of namespacesOf(choice)) {
    if (await hasKeySecrets(cluster, namespace, misses)) holding.push(namespace);
  }
  assertOnePlace(cluster, holding);
  return holding[0] ?? null;
}

/** As {@link findKeyNamespace}. @throws as that, and CliError `CLI_CONTROLLER_NOT_FOUND` when there is none. */
export async function getKeyNamespace(cluster: Cluster, choice: ControllerChoice): Promise<string> {
  const misses: string[] = [];
  const namespace = await findKeyNamespace(cluster, choice, misses);
  if (namespace !== null) return namespace;
  throw new CliError(
    'CLI_CONTROLLER_NOT_FOUND',
    `cannot find sealing keys in the cluster ${cluster.description}: ${misses.join('; ')}`,
    { hint: 'say where the controller runs with --controller-namespace' },
  );
}

async function hasKeySecrets({ client }: Cluster, namespace: string, misses: string[]): Promise<boolean> {
  try {
    const { items } = await client.list(SECRETS, { namespace, labelSelector: KEY_LABEL, metadataOnly: true });
    if (items.length > 0) return true;
    misses.push(`Secrets in ${namespace}: no sealing key among them`);
  } catch (error) {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    misses.push(`Secrets in ${namespace}: you may not list them`);
  }
  return false;
}

function oldestFirst(a: KubeObject, b: KubeObject): number {
  const [first, second] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? '');
  if (first !== second) return (first ?? '') < (second ?? '') ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}
