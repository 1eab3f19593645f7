/**
 * @module What ConfigMap `signet-keys` says of the controller's sealing keys: the contract between the controller, which alone
 * writes it, and everyone who seals. Private material is never part of it.
 */
import { parseJson } from '../encoding/json.ts';
import type { KubeObject } from './object-meta.ts';

/** `active`: new values are sealed to it. `decrypt-only`: older, still opens what was sealed to it. */
export type SealingKeyState = 'active' | 'decrypt-only';

/** One sealing key in public. Instants are RFC 3339. */
export interface SealingKeyEntry {
  readonly fingerprint: string;
  readonly state: SealingKeyState;
  /** Name of the key Secret. */
  readonly secret: string;
  readonly createdAt: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** The rotation request that this key answers. */
  readonly rotateRequestedAt?: string;
}

/** A key Secret that could not be loaded, and why. */
export interface UnusableKeyEntry {
  readonly secret: string;
  readonly problem: string;
}

/** The content of `signet-keys`. Keys are ordered newest first; the first one is the active one. */
export interface KeyList {
  readonly keys: readonly SealingKeyEntry[];
  readonly unusable: readonly UnusableKeyEntry[];
  /** PEM blocks of all certificates in the order of `keys`. */
  readonly certificatesPem: string;
}

const LIST_KEY = 'keys.json';
const PEM_KEY = 'certificates.pem';

/** `data` of the ConfigMap that says `list`. */
export function toKeyListData(list: KeyList): Record<string, string> {
  return {
    [LIST_KEY]: `${JSON.stringify({ keys: list.keys, unusable: list.unusable }, null, 2)}\n`,
    [PEM_KEY]: list.certificatesPem,
  };
}

/** The list that `configMap` holds, or null when it holds none (not yet written, or not ours). */
export function readKeyList(configMap: KubeObject): KeyList | null {
  const data = configMap['data'] as Record<string, unknown> | undefined;
  const json = data?.[LIST_KEY];
  const certificatesPem = data?.[PEM_KEY];
  if (typeof json !== 'string' || typeof certificatesPem !== 'string') return null;
  try {
    const parsed = parseJson(json) as Partial<KeyList>;
    if (!Array.isArray(parsed.keys)) return null;
    return { keys: parsed.keys, unusable: parsed.unusable ?? [], certificatesPem };
  } catch {
    return null;
  }
}
