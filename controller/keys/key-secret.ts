/** @module The Secret that holds one sealing key: what of it counts, and how a new one is written. It opens no keys. */
import { createHash } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../../shared/encoding/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/encoding/bytes.ts';
import {
  KEY_LABEL,
  KEY_LABEL_ACTIVE,
  ROTATE_REQUESTED_ANNOTATION,
  UNSEAL_FIELD_MANAGER,
} from '../../shared/resources/names.ts';
import { annotationOf, hasFieldManager, type KubeObject } from '../../shared/resources/object-meta.ts';
import { parseInstant } from './instant.ts';

/** One key Secret as the cluster has it. */
export interface KeySecret {
  readonly name: string;
  readonly uid: string;
  /** Changes with every write of the Secret. */
  readonly revision: string;
  readonly createdAt: Date;
  /** False for a key that was retired, or marked otherwise: it is known, and not loaded. */
  readonly isActive: boolean;
  /** True when the unsealer wrote it: its content is that of whoever may create SealedSecrets here, and not a sealing key of ours. */
  readonly isFromSealedSecret: boolean;
  /** The rotation request that it records, as written; undefined when it records none, or none that can be believed. */
  readonly answers: string | undefined;
  readonly object: KubeObject;
}

/** PEM texts of a key Secret; `certificatePem` may be a chain. */
export interface KeyMaterial {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What a new key Secret is made of. */
export interface NewKeySecret extends KeyMaterial {
  readonly name: string;
  readonly namespace: string;
  readonly answers: string | undefined;
}

/**
 * Reads `object`. A Secret without the key label is a key when it has the bare prefix as its name, as the first
 * versions of sealed-secrets had it; a label of another value than `active` always means that it is not loaded.
 */
export function readKeySecret(object: KubeObject, prefix: string): KeySecret {
  const { name = '', uid = '', resourceVersion = '', creationTimestamp, labels } = object.metadata;
  const label = labels && Object.hasOwn(labels, KEY_LABEL) ? labels[KEY_LABEL] : undefined;
  const isFromSealedSecret = hasFieldManager(object.metadata, UNSEAL_FIELD_MANAGER);
  const recorded = isFromSealedSecret ? undefined : annotationOf(object.metadata, ROTATE_REQUESTED_ANNOTATION);
  return {
    name,
    uid,
    revision: `${uid}/${resourceVersion}`,
    createdAt: new Date(creationTimestamp ?? 0),
    isActive: label === KEY_LABEL_ACTIVE || (label === undefined && name === prefix),
    isFromSealedSecret,
    answers: recorded !== undefined && parseInstant(recorded) !== null ? recorded : undefined,
    object,
  };
}

/** The PEM texts that `object` holds, or why it holds none. */
export function readKeyMaterial(object: KubeObject): KeyMaterial | { readonly problem: string } {
  const certificatePem = readText(object, 'tls.crt');
  const privateKeyPem = readText(object, 'tls.key');
  if (certificatePem === null) return { problem: 'data "tls.crt" is missing or is not base64 text' };
  if (privateKeyPem === null) return { problem: 'data "tls.key" is missing or is not base64 text' };
  return { certificatePem, privateKeyPem };
}

function readText(object: KubeObject, key: string): string | null {
  const data = object['data'] as Readonly<Record<string, unknown>> | null | undefined;
  const value = data && Object.hasOwn(data, key) ? data[key] : undefined;
  if (typeof value !== 'string') return null;
  try {
    return decodeUtf8(decodeBase64(value));
  } catch {
    return null;
  }
}

/** A key Secret as sealed-secrets writes it, so that either controller can load it. */
export function newKeySecret(parts: NewKeySecret): KubeObject {
  const annotations = parts.answers === undefined ? {} : { [ROTATE_REQUESTED_ANNOTATION]: parts.answers };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: parts.name, namespace: parts.namespace, labels: { [KEY_LABEL]: KEY_LABEL_ACTIVE }, annotations },
    data: {
      'tls.crt': encodeBase64(encodeUtf8(parts.certificatePem)),
      'tls.key': encodeBase64(encodeUtf8(parts.privateKeyPem)),
    },
  };
}

/**
 * Name of the key Secret that follows the one of `uid`, or the first one. Whoever makes a key at the same time
 * arrives at the same name, and so only one of them can create it.
 */
export function keySecretName(prefix: string, uid: string | undefined): string {
  if (uid === undefined) return `${prefix}-first`;
  return `${prefix}-${createHash('sha256').update(uid).digest('hex').slice(0, 7)}`;
}
