/** @module Makes one sealing key and its Secret, exactly one even when several controllers try at once. */
import type { KubeReader, KubeWriter } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { CONTROLLER_FIELD_MANAGER } from '../../shared/resources/names.ts';
import type { KubeObject } from '../../shared/resources/object-meta.ts';
import type { KeyConfig } from '../config/config.ts';
import { KeysError } from './errors.ts';
import { type KeySecret, keySecretName, newKeySecret, readKeySecret } from './key-secret.ts';

/** How keys are made. */
export type KeySettings = Pick<KeyConfig, 'prefix' | 'bits' | 'validForMs' | 'commonName' | 'labels' | 'annotations'>;

/** What {@link issueKey} needs. */
export interface IssueKeyDependencies {
  readonly client: Pick<KubeReader, 'get'> & Pick<KubeWriter, 'create'>;
  readonly namespace: string;
  readonly settings: KeySettings;
  readonly now: () => Date;
}

/** A key Secret after which the next one is named. */
export interface IssueRequest {
  /** Every key Secret that is known. */
  readonly secrets: readonly KeySecret[];
  /** The rotation request that the new key answers, as written. */
  readonly answers: string | undefined;
  /** Begin of validity of the youngest certificate that is sealed to, or null. */
  readonly youngest: Date | null;
}

/** Names that are tried when Secrets that are no keys stand in the way. */
const MAX_NAMES = 20;

/**
 * Creates the key Secret that follows the newest of `request.secrets`. When another controller has created it in
 * the meantime, its Secret is returned and the key made here is thrown away.
 * @throws KubeError; KeysError `KEYS_NAME_EXHAUSTED`.
 */
export async function issueKey(
  dependencies: IssueKeyDependencies,
  request: IssueRequest,
): Promise<{ readonly object: KubeObject; readonly isOurs: boolean }> {
  const { client, namespace, settings } = dependencies;
  const { labels, annotations } = settings;
  // Loaded when a key is made, which is once a month: it brings node-forge, which nothing else needs.
  const { issueSealingKey } = await import('../../shared/certificate/issue-certificate.ts');
  const material = await issueSealingKey({
    bits: settings.bits,
    validForMs: settings.validForMs,
    now: beginOf(dependencies.now(), request.youngest),
    ...(settings.commonName === '' ? {} : { commonName: settings.commonName }),
  });
  let uid = newestUid(request.secrets);
  for (let attempt = 0; attempt < MAX_NAMES; attempt += 1) {
    const name = keySecretName(settings.prefix, uid);
    const secret = newKeySecret({ ...material, name, namespace, labels, annotations, answers: request.answers });
    try {
      return { object: await client.create(SECRETS, secret, { fieldManager: CONTROLLER_FIELD_MANAGER }), isOurs: true };
    } catch (error) {
      if (!isKubeError(error, 'KUBE_ALREADY_EXISTS')) throw error;
    }
    const taken = await client.get(SECRETS, { namespace, name });
    if (taken === null) continue;
    const found = readKeySecret(taken, settings.prefix);
    const isKnown = request.secrets.some((known) => known.uid === found.uid);
    if (found.isActive && !isKnown) return { object: taken, isOurs: false };
    uid = found.uid;
  }
  throw new KeysError(
    'KEYS_NAME_EXHAUSTED',
    `cannot name a new key Secret in "${namespace}": ${MAX_NAMES} names are taken`,
  );
}

/**
 * Begin of validity of a new certificate: now, or just after `youngest`, or the new key would not be the one that is sealed to.
 * Certificates count whole seconds; and one that was made while a clock was wrong may begin years ahead, which no client minds.
 */
function beginOf(now: Date, youngest: Date | null): Date {
  return new Date(Math.max(now.getTime(), (youngest?.getTime() ?? 0) + 1_000));
}

function newestUid(secrets: readonly KeySecret[]): string | undefined {
  const [newest] = [...secrets].sort(
    (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.uid < b.uid ? -1 : 1),
  );
  return newest?.uid;
}
