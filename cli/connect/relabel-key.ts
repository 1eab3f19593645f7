/** @module Takes a key Secret out of use or back into it, and waits until the controller says so. */
import { isBroken, readKeyFacts } from '../../shared/key-backup/key-facts.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import type { SealingKeyEntry } from '../../shared/resources/key-list.ts';
import { KEY_LABEL, KEY_LABEL_ACTIVE, KEY_LABEL_RETIRED, RETIRED_AT_ANNOTATION } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import { CliError, LocatedError } from '../terminal/errors.ts';
import type { Io } from '../terminal/io.ts';
import type { Cluster } from './cluster.ts';
import { findKeyList } from './key-lists.ts';
import { waitFor } from './wait-for.ts';

/** A key and where it is. */
export interface KeyPlace {
  readonly namespace: string;
  readonly key: SealingKeyEntry;
}

/**
 * The Secret that holds `key` now.
 * @throws CliError `CLI_OBJECT_NOT_FOUND` when it is gone or holds another key; KubeError
 */
export async function readKeySecret({ client }: Cluster, { namespace, key }: KeyPlace): Promise<KubeObject> {
  const secret = await client.get(SECRETS, { namespace, name: key.secret });
  const reading = secret === null ? null : await readKeyFacts(secret);
  if (secret !== null && reading !== null && !isBroken(reading) && reading.fingerprint === key.fingerprint)
    return secret;
  const problem = secret === null ? 'it is gone' : 'it does not hold that key';
  throw new CliError('CLI_OBJECT_NOT_FOUND', `cannot use Secret ${namespace}/${key.secret}: ${problem}`, {
    hint: 'look at the keys again with `signet keys list`',
  });
}

/**
 * Writes the label of `secret`, as it was read; `retiredAt` is null to put it back into use.
 * @throws KubeError `KUBE_CONFLICT` when the Secret was changed since, `KUBE_FORBIDDEN`.
 */
export async function labelKey({ client }: Cluster, secret: KubeObject, retiredAt: string | null): Promise<void> {
  const { namespace, name = '', resourceVersion } = secret.metadata;
  const labels = { [KEY_LABEL]: retiredAt === null ? KEY_LABEL_ACTIVE : KEY_LABEL_RETIRED };
  const metadata = { resourceVersion, labels, annotations: { [RETIRED_AT_ANNOTATION]: retiredAt } };
  try {
    await client.mergePatch(SECRETS, { namespace, name }, { metadata });
  } catch (error) {
    if (isKubeError(error, 'KUBE_CONFLICT')) {
      throw new LocatedError(
        `cannot change Secret ${namespace ?? ''}/${name}`,
        error,
        'it was changed meanwhile: try again',
      );
    }
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    throw new LocatedError(`cannot change Secret ${namespace ?? ''}/${name}`, error, 'you need to patch Secrets there');
  }
}

/** Waits until the controller has taken note. @throws CliError `CLI_TIMED_OUT`; KubeError */
export async function awaitRetirement(
  cluster: Cluster,
  io: Io,
  wanted: KeyPlace & { readonly isRetired: boolean; readonly timeoutMs: number },
): Promise<void> {
  const { namespace, key, isRetired, timeoutMs } = wanted;
  const answer = await waitFor(io, timeoutMs, async () => {
    const found = await findKeyList(cluster, { controllerNamespace: namespace });
    if (found === null) return null;
    const retired = found.list.keys.filter(({ state }) => state === 'retired');
    return retired.some(({ fingerprint }) => fingerprint === key.fingerprint) === isRetired ? found : null;
  });
  if (answer !== null) return;
  throw new CliError(
    'CLI_TIMED_OUT',
    `the controller has not taken note after ${timeoutMs / 1000} s: Secret ${namespace}/${key.secret} is relabelled`,
    { hint: `look at its log with \`kubectl -n ${namespace} logs deploy/signet-controller\`` },
  );
}
