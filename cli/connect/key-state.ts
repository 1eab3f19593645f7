/**
 * @module The state of a cluster's sealing keys: from `signet-keys`, else from the key Secrets themselves, which is all that
 * sealed-secrets' controller leaves to read.
 */
import { inspectKeys } from '../../shared/key-backup/collect-backup.ts';
import type { KeyFacts } from '../../shared/key-backup/key-facts.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { toKubeTime } from '../../shared/resources/conditions.ts';
import type { KeyList, SealingKeyEntry, UnusableKeyEntry } from '../../shared/resources/key-list.ts';
import { KEY_LABEL_ACTIVE, KEY_LABEL_RETIRED } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { CliError, LocatedError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import { type ControllerChoice, namespacesOf } from './controller-places.ts';
import { findKeyList } from './key-lists.ts';
import { readClusterKeys } from './key-secrets.ts';
import { assertOnePlace } from './only-controller.ts';

/** The keys of one controller. */
export interface ClusterKeyState {
  readonly namespace: string;
  /** `secrets`: no controller of ours says anything, so nothing is known of what needs a key. */
  readonly origin: 'key-list' | 'secrets';
  readonly list: Omit<KeyList, 'certificatesPem'>;
}

/**
 * The keys of the chosen controller, or of the one that is found.
 * @throws CliError `CLI_CONTROLLER_NOT_FOUND` with every place that was tried, `CLI_CONTROLLER_AMBIGUOUS`; KubeError
 */
export async function readKeyState(cluster: Cluster, choice: ControllerChoice): Promise<ClusterKeyState> {
  const misses: string[] = [];
  const found = await findKeyList(cluster, choice, misses);
  if (found !== null) return { namespace: found.namespace, origin: 'key-list', list: found.list };
  const states: ClusterKeyState[] = [];
  for (const namespace of namespacesOf(choice)) {
    const list = await readFromSecrets(cluster, namespace, misses);
    if (list !== null) states.push({ namespace, origin: 'secrets', list });
  }
  assertOnePlace(
    cluster,
    states.map(({ namespace }) => namespace),
  );
  const [state] = states;
  if (state !== undefined) return state;
  throw new CliError(
    'CLI_CONTROLLER_NOT_FOUND',
    `cannot find sealing keys in the cluster ${cluster.description}: ${misses.join('; ')}`,
    {
      hint: 'say where the controller runs with --controller-namespace; the keys of a sealed-secrets controller are seen only by those who may read Secrets there',
    },
  );
}

async function readFromSecrets(
  cluster: Cluster,
  namespace: string,
  misses: string[],
): Promise<ClusterKeyState['list'] | null> {
  try {
    const { keys: objects } = await readClusterKeys(cluster, namespace);
    if (objects.length > 0) return await listOf(objects);
    misses.push(`Secrets in ${namespace}: no sealing key among them`);
  } catch (error) {
    const cause = error instanceof LocatedError ? error.cause : error;
    if (!isKubeError(cause, 'KUBE_FORBIDDEN')) throw error;
    misses.push(`Secrets in ${namespace}: you may not read them`);
  }
  return null;
}

/** As either controller orders its keys: by the begin of their certificates. */
async function listOf(objects: readonly KubeObject[]): Promise<ClusterKeyState['list']> {
  const { keys, broken } = await inspectKeys(objects);
  const unusable: UnusableKeyEntry[] = [...broken];
  const entries: (Omit<SealingKeyEntry, 'state'> & { readonly isRetired: boolean })[] = [];
  for (const { object, facts } of keys) {
    if (facts.unknownLabel !== null) unusable.push(withUnknownLabel(facts, facts.unknownLabel));
    else if (facts.certificate === null) unusable.push(withoutCertificate(facts));
    else entries.push(entryOf(object, facts, facts.certificate));
  }
  entries.sort((a, b) => Number(a.isRetired) - Number(b.isRetired) || (a.notBefore < b.notBefore ? 1 : -1));
  return {
    keys: entries.map(({ isRetired, ...entry }, at) => ({ ...entry, state: stateOf(isRetired, at) })),
    unusable,
  };
}

function entryOf(object: KubeObject, facts: KeyFacts, certificate: NonNullable<KeyFacts['certificate']>) {
  return {
    fingerprint: facts.fingerprint,
    secret: facts.secret,
    createdAt: object.metadata.creationTimestamp ?? '',
    notBefore: toKubeTime(certificate.notBefore),
    notAfter: toKubeTime(certificate.notAfter),
    isRetired: facts.isRetired,
  };
}

function withoutCertificate({ secret, fingerprint }: KeyFacts): UnusableKeyEntry {
  return { secret, fingerprint, problem: 'it has no certificate of its own; it still opens what was sealed to it' };
}

function withUnknownLabel({ secret, fingerprint }: KeyFacts, label: string): UnusableKeyEntry {
  const problem = `its key label is "${label}", expected "${KEY_LABEL_ACTIVE}" or "${KEY_LABEL_RETIRED}"`;
  return { secret, fingerprint, problem };
}

function stateOf(isRetired: boolean, at: number): SealingKeyEntry['state'] {
  if (isRetired) return 'retired';
  return at === 0 ? 'active' : 'decrypt-only';
}
