/** @module What is known of a key Secret without its private half: fingerprint, dates, and whether the key is a whole one. */
import type { Fingerprint } from '../certificate/fingerprint.ts';
import { readCertificateOfAnySize } from '../certificate/read-certificate.ts';
import { tryDecodeBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/bytes.ts';
import { isMap, ownValue } from '../encoding/value-kind.ts';
import { describeError } from '../errors/describe-error.ts';
import { KEY_LABEL, KEY_LABEL_ACTIVE, KEY_LABEL_RETIRED } from '../resources/names.ts';
import { type KubeObject, labelValueOf } from '../resources/object-meta.ts';
import { importOpeningKey } from '../sealing/keyring.ts';

/** A key Secret whose private key is whole: what is sealed to its public half opens. */
export interface KeyFacts {
  readonly secret: string;
  /** Of the private key. */
  readonly fingerprint: Fingerprint;
  /** True when its label says `retired`, and nothing else. */
  readonly isRetired: boolean;
  /** A label that no controller knows, such as `compromised`: none loads the key. Null for those that mean something. */
  readonly unknownLabel: string | null;
  /** Null when there is no certificate of this very key; the key opens values all the same. */
  readonly certificate: { readonly notBefore: Date; readonly notAfter: Date } | null;
}

/** A key Secret without a usable private key. */
export interface BrokenKey {
  readonly secret: string;
  readonly problem: string;
}

/** What {@link readKeyFacts} finds. */
export type KeyReading = KeyFacts | BrokenKey;

/** Reads the key in `secret` and tries it; never throws for what stands in the Secret. */
export async function readKeyFacts(secret: KubeObject): Promise<KeyReading> {
  const name = secret.metadata.name ?? '';
  const privateKeyPem = textOf(secret, 'tls.key');
  if (privateKeyPem === null) return { secret: name, problem: 'data "tls.key" is missing or is not base64 text' };
  try {
    const { fingerprint } = await importOpeningKey({ privateKeyPem });
    return {
      secret: name,
      fingerprint,
      ...readLabel(secret),
      certificate: await readOwnCertificate(secret, fingerprint),
    };
  } catch (error) {
    return { secret: name, problem: describeError(error) };
  }
}

/** True for what {@link readKeyFacts} could not use. */
export function isBroken(reading: KeyReading): reading is BrokenKey {
  return 'problem' in reading;
}

async function readOwnCertificate(secret: KubeObject, fingerprint: Fingerprint): Promise<KeyFacts['certificate']> {
  const pem = textOf(secret, 'tls.crt');
  if (pem === null) return null;
  try {
    const certificate = await readCertificateOfAnySize(pem);
    return certificate.fingerprint === fingerprint ? certificate : null;
  } catch {
    return null;
  }
}

/** A Secret without the label is a key by its name, as the first versions of sealed-secrets had it. */
function readLabel({ metadata }: KubeObject): Pick<KeyFacts, 'isRetired' | 'unknownLabel'> {
  const label = labelValueOf(metadata, KEY_LABEL);
  const isRetired = label === KEY_LABEL_RETIRED;
  return { isRetired, unknownLabel: isRetired || label === undefined || label === KEY_LABEL_ACTIVE ? null : label };
}

function textOf(secret: KubeObject, key: string): string | null {
  const data = secret['data'];
  const value = isMap(data) ? ownValue(data, key) : undefined;
  const bytes = typeof value === 'string' ? tryDecodeBase64(value) : 0;
  if (typeof bytes === 'number') return null;
  const text = decodeUtf8(bytes);
  bytes.fill(0);
  return text;
}
