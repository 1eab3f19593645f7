/** @module The Secret that holds one sealing key: what of it counts, and how a new one is written. It opens no keys. */
import { createHash } from 'node:crypto';
import { encodeBase64, tryDecodeBase64 } from '../../shared/encoding/base64.ts';
import { decodeUtf8, encodeUtf8 } from '../../shared/encoding/bytes.ts';
import {
  KEY_LABEL,
  KEY_LABEL_ACTIVE,
  KEY_LABEL_RETIRED,
  ROTATE_REQUESTED_ANNOTATION,
} from '../../shared/resources/names.ts';
import {
  annotationOf,
  comesFromSealedSecret,
  type KubeObject,
  labelValueOf,
} from '../../shared/resources/object-meta.ts';
import { parseInstant } from './instant.ts';

/** One key Secret as the cluster has it. */
export interface KeySecret {
  readonly name: string;
  readonly uid: string;
  /** Changes with every write of the Secret. */
  readonly revision: string;
  readonly createdAt: Date;
  /** Value of the key label; undefined when there is none. */
  readonly label: string | undefined;
  /** False for a key that was retired, or marked otherwise: it is known, and not loaded. */
  readonly isActive: boolean;
  /** True for a key that was taken out of use. */
  readonly isRetired: boolean;
  /** True when it was made of a SealedSecret: its content is that of whoever may create SealedSecrets here, and not a sealing key of ours. */
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
  /** Added to our own, which they cannot replace. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Added to our own, which they cannot replace. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Far more than the longest chain and the largest key take, and few enough for every public list. */
const MAX_TEXT_BYTES = 64 * 1024;
/** First byte of every certificate and key in DER. */
const DER_SEQUENCE = 0x30;
/** Labels and annotations of these domains mean something to a controller, so nobody sets them by a flag. */
const OWN_DOMAINS: readonly string[] = ['signet.dev/', 'sealedsecrets.bitnami.com/'];

/**
 * Reads `object`. A Secret without the key label is a key when it has the bare prefix as its name, as the first
 * versions of sealed-secrets had it; a label of another value than `active` always means that it is not loaded.
 */
export function readKeySecret(object: KubeObject, prefix: string): KeySecret {
  const { name = '', uid = '', resourceVersion = '', creationTimestamp } = object.metadata;
  const label = labelValueOf(object.metadata, KEY_LABEL);
  const isFromSealedSecret = comesFromSealedSecret(object.metadata);
  const recorded = isFromSealedSecret ? undefined : annotationOf(object.metadata, ROTATE_REQUESTED_ANNOTATION);
  return {
    name,
    uid,
    revision: `${uid}/${resourceVersion}`,
    createdAt: readCreation(creationTimestamp),
    label,
    isActive: label === KEY_LABEL_ACTIVE || (label === undefined && name === prefix),
    isRetired: label === KEY_LABEL_RETIRED,
    isFromSealedSecret,
    answers: recorded !== undefined && parseInstant(recorded) !== null ? recorded : undefined,
    object,
  };
}

/** The PEM texts that `object` holds, or why it holds none. */
export function readKeyMaterial(object: KubeObject): KeyMaterial | { readonly problem: string } {
  const certificate = readCertificateText(object);
  if ('problem' in certificate) return certificate;
  const privateKey = readText(object, 'tls.key');
  if ('problem' in privateKey) return privateKey;
  return { certificatePem: certificate.text, privateKeyPem: privateKey.text };
}

/** The text of `tls.crt` alone, or why there is none; the private key is not looked at. */
export function readCertificateText(object: KubeObject): { readonly text: string } | { readonly problem: string } {
  return readText(object, 'tls.crt');
}

function readText(object: KubeObject, key: string): { readonly text: string } | { readonly problem: string } {
  const data = object['data'] as Readonly<Record<string, unknown>> | null | undefined;
  const value = data && Object.hasOwn(data, key) ? data[key] : undefined;
  if (typeof value !== 'string' || value === '') return { problem: `data "${key}" is missing` };
  if (value.length > (MAX_TEXT_BYTES / 3) * 4) {
    return { problem: `data "${key}" is longer than ${MAX_TEXT_BYTES} bytes` };
  }
  const bytes = tryDecodeBase64(value);
  if (typeof bytes === 'number') return { problem: `data "${key}" is not base64` };
  const text = decodeUtf8(bytes);
  if (text !== null) return { text };
  const isDer = bytes[0] === DER_SEQUENCE;
  return { problem: `data "${key}" is not text${isDer ? ' but looks like DER: convert it to PEM' : ''}` };
}

/** An instant that cannot be read is the beginning of time: whoever wrote it does not get ahead of others. */
function readCreation(text: string | null | undefined): Date {
  const createdAt = new Date(text ?? 0);
  return Number.isNaN(createdAt.getTime()) ? new Date(0) : createdAt;
}

/** A key Secret as sealed-secrets writes it, so that either controller can load it. */
export function newKeySecret(parts: NewKeySecret): KubeObject {
  const annotations = {
    ...withoutOwn(parts.annotations),
    ...(parts.answers === undefined ? {} : { [ROTATE_REQUESTED_ANNOTATION]: parts.answers }),
  };
  const labels = { ...withoutOwn(parts.labels), [KEY_LABEL]: KEY_LABEL_ACTIVE };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: parts.name, namespace: parts.namespace, labels, annotations },
    data: {
      'tls.crt': encodeBase64(encodeUtf8(parts.certificatePem)),
      'tls.key': encodeBase64(encodeUtf8(parts.privateKeyPem)),
    },
  };
}

function withoutOwn(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(extra).filter(([name]) => !OWN_DOMAINS.some((domain) => name.startsWith(domain))),
  );
}

/**
 * Name of the key Secret that follows the one of `uid`, or the first one. Whoever makes a key at the same time
 * arrives at the same name, and so only one of them can create it.
 */
export function keySecretName(prefix: string, uid: string | undefined): string {
  if (uid === undefined) return `${prefix}-first`;
  return `${prefix}-${createHash('sha256').update(uid).digest('hex').slice(0, 7)}`;
}
