/** @module Puts one key Secret of a backup into the cluster, under its own name or, when that is taken, under another. */
import { createHash } from 'node:crypto';
import type { InspectedKey } from '../../shared/key-backup/collect-backup.ts';
import { isBroken, type KeyFacts, readKeyFacts } from '../../shared/key-backup/key-facts.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SECRETS } from '../../shared/kube/resource-type.ts';
import { KEY_FINGERPRINT_ANNOTATION, KEY_LABEL, KEY_LABEL_ACTIVE } from '../../shared/resources/names.ts';
import { type KubeObject, labelValueOf } from '../../shared/resources/object-meta.ts';
import { CliError, LocatedError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';

/** What became of one key: `present` under the name that is given, or `created`, `renamed` when its own name was taken. */
export interface RestoredKey {
  readonly result: 'present' | 'created' | 'renamed';
  readonly secret: string;
}

/** Where keys are restored to. */
export interface RestoreTarget {
  readonly namespace: string;
  /** Keys that are there, by fingerprint. */
  readonly present: ReadonlyMap<string, KeyFacts>;
  /** True: nothing is written, and the result is what would be. */
  readonly isDryRun: boolean;
}

/**
 * Creates the Secret of `key` unless its key is in the cluster already. An existing Secret is never changed.
 * @throws KubeError; CliError `CLI_OUTPUT_FAILED` when no name is free.
 */
export async function restoreKey(cluster: Cluster, key: InspectedKey, target: RestoreTarget): Promise<RestoredKey> {
  const known = target.present.get(key.facts.fingerprint);
  if (known !== undefined) return { result: 'present', secret: known.secret };
  const ownName = key.object.metadata.name ?? '';
  for (const [name, result] of [
    [ownName, 'created'],
    [otherName(ownName, key.facts.fingerprint), 'renamed'],
  ] as const) {
    const outcome = await createAs(cluster, { key, name, target });
    if (outcome !== 'taken') return { result: outcome === 'created' ? result : 'present', secret: name };
  }
  throw new CliError(
    'CLI_OUTPUT_FAILED',
    `cannot restore the key of Secret ${ownName}: its name is taken in namespace ${target.namespace}, and so is the other one`,
    { hint: 'rename or delete the Secret that stands in the way' },
  );
}

interface Creation {
  readonly key: InspectedKey;
  readonly name: string;
  readonly target: RestoreTarget;
}

async function createAs(cluster: Cluster, { key, name, target }: Creation): Promise<'created' | 'present' | 'taken'> {
  const { namespace, isDryRun } = target;
  const standing = await cluster.client.get(SECRETS, { namespace, name });
  if (standing !== null) return compareWith(standing, key);
  if (isDryRun) return 'created';
  const secret = toRestore(key.object, { namespace, name });
  try {
    await cluster.client.create(SECRETS, secret);
    return 'created';
  } catch (error) {
    // The controller's first start makes its first key under a name of its own choice, perhaps this very moment.
    if (isKubeError(error, 'KUBE_ALREADY_EXISTS')) {
      const winner = await cluster.client.get(SECRETS, { namespace, name });
      return winner === null ? 'taken' : compareWith(winner, key);
    }
    if (!isKubeError(error, 'KUBE_NOT_FOUND')) throw error;
    throw new LocatedError(
      `cannot restore into namespace ${namespace}`,
      error,
      `make it first: kubectl create namespace ${namespace}`,
    );
  }
}

async function compareWith(standing: KubeObject, key: InspectedKey): Promise<'present' | 'taken'> {
  const reading = await readKeyFacts(standing);
  // Without the label no controller would load it.
  const isKey = labelValueOf(standing.metadata, KEY_LABEL) !== undefined;
  return isKey && !isBroken(reading) && reading.fingerprint === key.facts.fingerprint ? 'present' : 'taken';
}

function toRestore(object: KubeObject, place: { readonly namespace: string; readonly name: string }): KubeObject {
  const { labels, annotations } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => name !== KEY_FINGERPRINT_ANNOTATION);
  // The oldest keys are known by their name alone, which another name takes away.
  const isUnlabelled = labelValueOf(object.metadata, KEY_LABEL) === undefined && place.name !== object.metadata.name;
  return {
    ...object,
    metadata: {
      ...place,
      labels: { ...labels, ...(isUnlabelled ? { [KEY_LABEL]: KEY_LABEL_ACTIVE } : {}) },
      ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }),
    },
  };
}

/** Always the same for one key, so that a second restore finds what the first one made. */
function otherName(name: string, fingerprint: string): string {
  const suffix = createHash('sha256').update(fingerprint).digest('hex').slice(0, 8);
  return `${name.slice(0, 200).replace(/[-.]+$/, '')}-restored-${suffix}`;
}
