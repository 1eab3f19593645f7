/**
 * @module Keyed digests by which a restart knows its own work again. They stand in public status, so each is an HMAC: who
 * has no digest key learns nothing from them and cannot make one.
 */
import { createHmac } from 'node:crypto';
import { canonicalJson } from '../../shared/encoding/json.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { SealedSecret, UnsealAttempt, UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { Keyring } from '../../shared/sealing/keyring.ts';
import { scopeOf } from '../../shared/sealing/scope.ts';
import { allowsMissing } from '../../shared/sealing/secret-from-items.ts';
import type { SecretContent } from './secret-content.ts';

/** What a condition says of a failure. */
export interface ToldFailure {
  readonly reason: string;
  readonly message: string;
}

/** What others had made of a Secret, at which resourceVersion, and what condition `Drifted` says of it. */
export interface FoundDrift {
  readonly driftedVersion: string;
  readonly driftedDigest: string;
  readonly message: string | null;
}

/** Computes digests, in hex. Equal input gives equal digests for as long as the digest key stays. */
export interface Digests {
  /** Of everything that decides what a SealedSecret unseals to, its identity included. */
  sealed(sealed: SealedSecret): string;
  /** Of what a Secret holds for what `sealedDigest` stands for: bound to it, so that no two objects show whether their values are equal. */
  content(sealedDigest: string, content: SecretContent): string;
  /** Of a SealedSecret's claim on a Secret: without the mode, one that may only add keys could pass for an owner. */
  owner(sealedUid: string, secretUid: string, mode: UnsealMode): string;
  /** Of the set of loaded keys, and of those that are retired: both decide on what is said of an object that does not open. */
  keys(keyring: Keyring, retired: readonly string[]): string;
  /** Of the keys that opened what `sealedDigest` stands for: bound to it, so that no older answer passes for a later one. */
  openedBy(sealedUid: string, sealedDigest: string, keys: readonly string[]): string;
  /** Of the clock by which the templates of what `sealedDigest` stands for were rendered. */
  renderedBy(sealedUid: string, sealedDigest: string, renderedAt: string): string;
  /** Of a vain attempt and of what was said of it: only what the controller itself found holds up an object. */
  attempt(sealedUid: string, attempt: Omit<UnsealAttempt, 'proof'>, told: ToldFailure): string;
  /** Of an edit that was found, and of what was said of it; null: nothing was. */
  drift(sealedUid: string, sealedDigest: string, drift: FoundDrift): string;
  /** What chance in templates follows from, 32 bytes: the same for one state of an object, and known to nobody else. */
  seed(sealedDigest: string): Uint8Array;
}

/** Raised when the way in which Secrets are built changes, so that every object is looked at once more. */
const FORMAT = 1;

/** Digests under `key`. */
export function createDigests(key: SecretBytes): Digests {
  const hmac = (purpose: string, value: unknown) =>
    createHmac('sha256', key.expose()).update(canonicalJson([FORMAT, purpose, value]));
  const digest = (purpose: string, value: unknown): string => hmac(purpose, value).digest('hex');
  return {
    sealed: (sealed) => {
      const { metadata, spec } = sealed;
      const identity = [metadata.uid, metadata.namespace, metadata.name];
      return digest('sealed', [...identity, scopeOf(metadata), spec, ...(allowsMissing(sealed) ? ['no value'] : [])]);
    },
    content: (sealedDigest, content) => digest('content', [sealedDigest, content]),
    owner: (sealedUid, secretUid, mode) => digest('owner', [sealedUid, secretUid, mode]),
    keys: (keyring, retired) => {
      const loaded = keyring.keys.map(({ fingerprint }) => fingerprint);
      return digest('keys', [loaded.sort(), retired.toSorted()]);
    },
    renderedBy: (sealedUid, sealedDigest, renderedAt) => digest('rendered-by', [sealedUid, sealedDigest, renderedAt]),
    seed: (sealedDigest) => hmac('seed', sealedDigest).digest(),
    attempt: (sealedUid, { sealedDigest, keysDigest, secret, keys = null }, { reason, message }) =>
      digest('attempt', [sealedUid, sealedDigest, keysDigest, secret, keys, reason, message]),
    drift: (sealedUid, sealedDigest, { driftedVersion, driftedDigest, message }) =>
      digest('drift', [sealedUid, sealedDigest, driftedVersion, driftedDigest, message]),
    openedBy: (sealedUid, sealedDigest, keys) => digest('opened-by', [sealedUid, sealedDigest, keys]),
  };
}
