/**
 * @module What ConfigMap `signet-keys` says of the controller's sealing keys: the contract between the controller, which alone
 * writes it, and everyone who seals. Private material is never part of it.
 */
import { parseJson } from '../encoding/json.ts';
import { isMap } from '../encoding/value-kind.ts';
import type { KubeObject } from './object-meta.ts';

/**
 * `active`: new values are sealed to it. `decrypt-only`: older, still opens what was sealed to it. `retired`: its key
 * Secret is kept, and no controller loads it, so nothing opens with it until it is made active again.
 */
export type SealingKeyState = 'active' | 'decrypt-only' | 'retired';

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
  /** SealedSecrets in the cluster that need this key; absent while that is not known. */
  readonly objects?: number;
  /** When a backup of this very key was confirmed; absent when none was. */
  readonly backedUpAt?: string;
  /** Only of a retired key, and only when it was noted. */
  readonly retiredAt?: string;
}

/** A key Secret that nobody should seal to, and why. */
export interface UnusableKeyEntry {
  readonly secret: string;
  readonly problem: string;
  /** Of a key that opens values all the same; absent when nothing was loaded. */
  readonly fingerprint?: string;
  /** SealedSecrets in the cluster that need this key; absent while that is not known, and when nothing was loaded. */
  readonly objects?: number;
}

/** A key that SealedSecrets in the cluster need and of which no key Secret is there. */
export interface MissingKeyEntry {
  readonly fingerprint: string;
  readonly objects: number;
}

/** The content of `signet-keys`. Keys are ordered newest first, retired ones last; when any is active, it is the first one. */
export interface KeyList {
  readonly keys: readonly SealingKeyEntry[];
  readonly unusable: readonly UnusableKeyEntry[];
  /** Keys that are needed and gone; absent when there are none, and while that is not known. */
  readonly missing?: readonly MissingKeyEntry[];
  /** SealedSecrets whose key is not known, because they do not open; absent while that is not known. */
  readonly unopened?: number;
  /** Which SealedSecrets are counted, where these are not all of the cluster: `SealedSecrets in namespaces a, b`. */
  readonly partial?: string;
  /** Why there is no key to seal to; absent when there is one. */
  readonly problem?: string;
  /** PEM blocks of the certificates of all keys that are not retired, in the order of `keys`. */
  readonly certificatesPem: string;
}

const LIST_KEY = 'keys.json';
const PEM_KEY = 'certificates.pem';
const STATES: readonly unknown[] = ['active', 'decrypt-only', 'retired'] satisfies SealingKeyState[];

/** `data` of the ConfigMap that says `list`. */
export function toKeyListData(list: KeyList): Record<string, string> {
  const { certificatesPem, ...said } = list;
  return { [LIST_KEY]: `${JSON.stringify(said, null, 2)}\n`, [PEM_KEY]: certificatesPem };
}

/**
 * The list that `configMap` holds, or null when it holds none (not yet written, or not ours). Every entry is one that
 * a controller may have written: whatever else stands there is left out, so that readers need not look again.
 */
export function readKeyList(configMap: KubeObject): KeyList | null {
  const data = asMap(configMap['data']);
  const json = data?.get(LIST_KEY);
  const certificatesPem = data?.get(PEM_KEY);
  if (typeof json !== 'string' || typeof certificatesPem !== 'string') return null;
  const list = parseList(json);
  const keys = list?.get('keys');
  if (list === null || !Array.isArray(keys)) return null;
  const missing = readEach(list.get('missing'), readMissing);
  return {
    keys: readEach(keys, readKey),
    unusable: readEach(list.get('unusable'), readUnusable),
    ...(missing.length === 0 ? {} : { missing }),
    ...optional(list, 'unopened', isCount),
    ...optional(list, 'partial', isText),
    ...optional(list, 'problem', isText),
    certificatesPem,
  };
}

function parseList(json: string): ReadonlyMap<string, unknown> | null {
  try {
    return asMap(parseJson(json));
  } catch {
    return null;
  }
}

function readKey(entry: unknown): SealingKeyEntry | null {
  const fields = asMap(entry);
  const state = fields?.get('state');
  if (fields === null || !isState(state)) return null;
  const [fingerprint, secret, createdAt, notBefore, notAfter] = [
    'fingerprint',
    'secret',
    'createdAt',
    'notBefore',
    'notAfter',
  ].map((name) => fields.get(name));
  if (!isText(fingerprint) || !isText(secret)) return null;
  if (!isText(createdAt) || !isText(notBefore) || !isText(notAfter)) return null;
  return {
    fingerprint,
    state,
    secret,
    createdAt,
    notBefore,
    notAfter,
    ...optional(fields, 'rotateRequestedAt', isText),
    ...optional(fields, 'objects', isCount),
    ...optional(fields, 'backedUpAt', isText),
    ...optional(fields, 'retiredAt', isText),
  };
}

function readUnusable(entry: unknown): UnusableKeyEntry | null {
  const fields = asMap(entry);
  const secret = fields?.get('secret');
  const problem = fields?.get('problem');
  if (fields === null || !isText(secret) || !isText(problem)) return null;
  return { secret, problem, ...optional(fields, 'fingerprint', isText), ...optional(fields, 'objects', isCount) };
}

function readMissing(entry: unknown): MissingKeyEntry | null {
  const fields = asMap(entry);
  const fingerprint = fields?.get('fingerprint');
  const objects = fields?.get('objects');
  return isText(fingerprint) && isCount(objects) ? { fingerprint, objects } : null;
}

/** What `read` makes of the entries of an array; nothing for what is no array. */
function readEach<Entry>(entries: unknown, read: (entry: unknown) => Entry | null): readonly Entry[] {
  return Array.isArray(entries) ? entries.flatMap((entry: unknown) => read(entry) ?? []) : [];
}

/** The own properties of a JSON object, so that no name reaches Object.prototype; null for anything else. */
function asMap(value: unknown): ReadonlyMap<string, unknown> | null {
  return isMap(value) ? new Map(Object.entries(value)) : null;
}

/** `name` with its value when it passes `accepts`, else nothing. */
function optional<Name extends string, Value>(
  fields: ReadonlyMap<string, unknown>,
  name: Name,
  accepts: (value: unknown) => value is Value,
): { readonly [Key in Name]?: Value } {
  const value = fields.get(name);
  return accepts(value) ? ({ [name]: value } as { readonly [Key in Name]?: Value }) : {};
}

function isState(value: unknown): value is SealingKeyState {
  return STATES.includes(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
