/**
 * @module Keyed digests by which a restart knows its own work again. They stand in public status, so each is an HMAC: who
 * has no digest key learns nothing from them and cannot make one.
 */
import { createHmac } from 'node:crypto';
import { canonicalJson } from '../../shared/encoding/json.ts';
import type { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { SealedSecret, UnsealMode } from '../../shared/resources/sealed-secret.ts';
import type { Keyring } from '../../shared/sealing/keyring.ts';
import { scopeOf } from '../../shared/sealing/scope.ts';
import type { SecretContent } from './secret-content.ts';

/** Computes digests, in hex. Equal input gives equal digests for as long as the digest key stays. */
export interface Digests {
  /** Of everything that decides what a SealedSecret unseals to, its identity included. */
  sealed(sealed: SealedSecret): string;
  /** Of what a Secret holds. */
  content(content: SecretContent): string;
  /** Of a SealedSecret's claim on a Secret: without the mode, one that may only add keys could pass for an owner. */
  owner(sealedUid: string, secretUid: string, mode: UnsealMode): string;
  /** Of the set of loaded keys. */
  keys(keyring: Keyring): string;
}

/** Raised when the way in which Secrets are built changes, so that every object is looked at once more. */
const FORMAT = 1;

/** Digests under `key`. */
export function createDigests(key: SecretBytes): Digests {
  const digest = (purpose: string, value: unknown): string =>
    createHmac('sha256', key.expose())
      .update(canonicalJson([FORMAT, purpose, value]))
      .digest('hex');
  return {
    sealed: ({ metadata, spec }) =>
      digest('sealed', [metadata.uid, metadata.namespace, metadata.name, scopeOf(metadata), spec]),
    content: (content) => digest('content', content),
    owner: (sealedUid, secretUid, mode) => digest('owner', [sealedUid, secretUid, mode]),
    keys: (keyring) => digest('keys', keyring.keys.map((loaded) => loaded.fingerprint).sort()),
  };
}
