/** @module One Secret of a backup: what of it is kept when it is written, and what may stand in it when it is read. */
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { isMap } from '../encoding/value-kind.ts';
import {
  BACKED_UP_AT_ANNOTATION,
  BACKED_UP_FINGERPRINT_ANNOTATION,
  DEFAULT_KEY_PREFIX,
  DIGEST_KEY_SECRET,
  KEY_LABEL,
} from '../resources/names.ts';
import type { KubeObject } from '../resources/object-meta.ts';
import { isSecretKey } from '../sealing/check-items.ts';
import { KeyBackupError } from './errors.ts';

/** A Secret that was read from a backup. */
export interface BackupSecret {
  readonly use: 'key' | 'digest-key';
  /** Type, name, namespace, labels, annotations, `data` and `immutable`, and nothing else. */
  readonly object: KubeObject;
}

type Fields = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

const TYPES: readonly unknown[] = ['kubernetes.io/tls', 'Opaque', undefined];
const FIELDS: readonly string[] = ['apiVersion', 'kind', 'metadata', 'type', 'data', 'immutable'];
/** kubectl's copy holds the private key a second time; a confirmation is about an older file, and of the cluster. */
const DROPPED_ANNOTATIONS: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  BACKED_UP_AT_ANNOTATION,
  BACKED_UP_FINGERPRINT_ANNOTATION,
];
const NAME = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAMESPACE = /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * `secret` of a cluster as a backup holds it: without what a server sets, owners and finalizers.
 * @throws KeyBackupError `BACKUP_CONTENT_REFUSED` when no backup may hold it.
 */
export function toBackupSecret(secret: KubeObject): KubeObject {
  return readBackupSecret(secret, `Secret "${secret.metadata.name ?? ''}"`).object;
}

/** The Secret in `value`. @throws KeyBackupError `BACKUP_CONTENT_REFUSED`; `place` names it in the message. */
export function readBackupSecret(value: unknown, place: string): BackupSecret {
  const { fields, metadata } = readShape(value, place);
  const { type, immutable } = fields;
  const { name, namespace } = readNames(metadata, place);
  const labels = readTexts(metadata['labels'], `${place}: labels`);
  const annotations = readTexts(metadata['annotations'], `${place}: annotations`);
  const data = readData(fields['data'], place);
  const use = useOf(name, labels);
  if (use === null) throw refused(place, 'it is neither a sealing key nor the digest key');
  return {
    use,
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      ...(type === undefined ? {} : { type }),
      metadata: {
        name,
        namespace,
        ...(labels.size === 0 ? {} : { labels: toObject(labels) }),
        ...keptAnnotations(annotations),
      },
      data: toObject(data),
      ...(immutable === true ? { immutable } : {}),
    },
  };
}

function readShape(value: unknown, place: string): { readonly fields: Fields; readonly metadata: Fields } {
  if (!isMap(value) || value['apiVersion'] !== 'v1' || value['kind'] !== 'Secret')
    throw refused(place, 'it is no Secret');
  if (Object.keys(value).some((field) => !FIELDS.includes(field))) throw refused(place, 'it has a field of no Secret');
  const { metadata } = value;
  if (!isMap(metadata)) throw refused(place, 'it has no metadata');
  if (!TYPES.includes(value['type'])) throw refused(place, 'its type is not that of a key Secret');
  return { fields: value, metadata };
}

function readNames(metadata: Fields, place: string): { readonly name: string; readonly namespace: string } {
  const { name, namespace } = metadata;
  if (typeof name !== 'string' || !NAME.test(name)) throw refused(place, 'its name is none that a Secret can have');
  if (typeof namespace !== 'string' || !NAMESPACE.test(namespace)) throw refused(place, 'its namespace is none');
  return { name, namespace };
}

/** What a backup was refused for. */
export function refused(place: string, problem: string): KeyBackupError {
  return new KeyBackupError('BACKUP_CONTENT_REFUSED', `cannot use ${place}: ${problem}`);
}

function useOf(name: string, labels: ReadonlyMap<string, string>): BackupSecret['use'] | null {
  if (name === DIGEST_KEY_SECRET) return labels.has(KEY_LABEL) ? null : 'digest-key';
  return labels.has(KEY_LABEL) || name === DEFAULT_KEY_PREFIX ? 'key' : null;
}

function readTexts(value: unknown, place: string): ReadonlyMap<string, string> {
  if (value === undefined || value === null) return new Map();
  if (!isMap(value)) throw refused(place, 'they are no map');
  return new Map(
    Object.entries(value).map(([key, text]) => {
      if (typeof text !== 'string') throw refused(place, 'one of them is no text');
      return [key, text];
    }),
  );
}

function readData(value: unknown, place: string): ReadonlyMap<string, string> {
  const data = readTexts(value, `${place}: data`);
  for (const [key, text] of data) {
    if (!isSecretKey(key)) throw refused(place, 'data has a key that no Secret can have');
    const bytes = tryDecodeBase64(text);
    if (typeof bytes === 'number') throw refused(place, `data "${key}" is not base64`);
    bytes.fill(0);
  }
  return data;
}

function keptAnnotations(annotations: ReadonlyMap<string, string>): { readonly annotations?: Texts } {
  const kept = new Map([...annotations].filter(([key]) => !DROPPED_ANNOTATIONS.includes(key)));
  return kept.size === 0 ? {} : { annotations: toObject(kept) };
}

/** From entries, not by assignment: a label may be called `__proto__` until a server refuses it. */
function toObject(entries: ReadonlyMap<string, string>): Texts {
  return Object.fromEntries(entries);
}
