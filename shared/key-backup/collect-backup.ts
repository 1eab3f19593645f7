/** @module From the key Secrets of a cluster to the content of a backup: which of them belong in it, and why others do not. */
import { describeError } from '../errors/describe-error.ts';
import { KEY_FINGERPRINT_ANNOTATION } from '../resources/names.ts';
import { annotationOf, comesFromSealedSecret, type KubeObject } from '../resources/object-meta.ts';
import type { BackupContent } from './backup-content.ts';
import { toBackupSecret } from './backup-secret.ts';
import { type BrokenKey, isBroken, type KeyFacts, type KeyReading, readKeyFacts } from './key-facts.ts';

/** What a cluster has. */
export interface ClusterKeys {
  readonly namespace: string;
  /** Key Secrets, whatever their state. */
  readonly keys: readonly KubeObject[];
  readonly digestKey: KubeObject | null;
}

/** One key of a backup or of a cluster. */
export interface InspectedKey {
  readonly object: KubeObject;
  readonly facts: KeyFacts;
}

/** Keys that can be used, and Secrets that hold none. */
export interface InspectedKeys {
  readonly keys: readonly InspectedKey[];
  readonly broken: readonly BrokenKey[];
}

/** The content of a new backup, and the Secrets that are not in it. */
export interface CollectedBackup {
  readonly content: BackupContent;
  readonly facts: readonly KeyFacts[];
  readonly leftOut: readonly BrokenKey[];
}

/**
 * Tries every key among `objects`. A key Secret that came out of a SealedSecret counts as broken: its author knows the key,
 * and a restored copy would no longer show where it came from.
 */
export async function inspectKeys(objects: readonly KubeObject[]): Promise<InspectedKeys> {
  const keys: InspectedKey[] = [];
  const broken: BrokenKey[] = [];
  for (const object of objects) {
    const reading = await readTrustedKey(object);
    if (isBroken(reading)) broken.push(reading);
    else keys.push({ object, facts: reading });
  }
  return { keys, broken };
}

/** Those of `inspected` whose certificate is their own: a backup of others is not confirmed. */
export function wholeKeys({ keys }: InspectedKeys): InspectedKeys['keys'] {
  return keys.filter(({ facts }) => facts.certificate !== null);
}

/** The backup of all that can be restored; each key carries its fingerprint, by which people and a later reading know it. */
export async function collectBackup(cluster: ClusterKeys): Promise<CollectedBackup> {
  const { keys, broken } = await inspectKeys(cluster.keys);
  const leftOut = [...broken];
  const kept: InspectedKey[] = [];
  for (const { object, facts } of keys) {
    const copy = copyOf(object, leftOut);
    if (copy !== null) kept.push({ object: withFingerprint(copy, facts.fingerprint), facts });
  }
  const { digestKey } = cluster;
  const isOurs = digestKey !== null && !comesFromSealedSecret(digestKey.metadata);
  return {
    content: {
      namespace: cluster.namespace,
      keys: kept.map(({ object }) => object),
      digestKey: isOurs ? copyOf(digestKey, leftOut) : null,
    },
    facts: kept.map(({ facts }) => facts),
    leftOut,
  };
}

async function readTrustedKey(object: KubeObject): Promise<KeyReading> {
  const secret = object.metadata.name ?? '';
  if (comesFromSealedSecret(object.metadata)) {
    return { secret, problem: 'it came out of a SealedSecret, which will bring it back' };
  }
  const reading = await readKeyFacts(object);
  const said = annotationOf(object.metadata, KEY_FINGERPRINT_ANNOTATION);
  if (isBroken(reading) || said === undefined || said === reading.fingerprint) return reading;
  return { secret, problem: `it is another key than its annotation ${KEY_FINGERPRINT_ANNOTATION} names` };
}

function copyOf(object: KubeObject, leftOut: BrokenKey[]): KubeObject | null {
  try {
    return toBackupSecret(object);
  } catch (error) {
    leftOut.push({ secret: object.metadata.name ?? '', problem: describeError(error) });
    return null;
  }
}

function withFingerprint(secret: KubeObject, fingerprint: string): KubeObject {
  const annotations = { ...secret.metadata.annotations, [KEY_FINGERPRINT_ANNOTATION]: fingerprint };
  return { ...secret, metadata: { ...secret.metadata, annotations } };
}
