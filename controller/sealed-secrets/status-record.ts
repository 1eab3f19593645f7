/** @module Reads back what the controller once wrote into a SealedSecret's status, which may hold anything by now. */
import type { SealedSecret, UnsealAttempt, UnsealedRecord } from '../../shared/resources/sealed-secret.ts';
import type { Digests } from './digests.ts';

/** The record in the status, or null when there is none, or none that the digest key vouches for. */
export function readRecord(sealed: SealedSecret, digests: Digests): UnsealedRecord | null {
  const found: Partial<Record<keyof UnsealedRecord, unknown>> = sealed.status?.unsealed ?? {};
  const { uid, resourceVersion, sealedDigest, secretDigest, ownerDigest, mode } = found;
  if (typeof uid !== 'string' || typeof resourceVersion !== 'string') return null;
  if (typeof sealedDigest !== 'string' || typeof secretDigest !== 'string') return null;
  if (mode !== 'owned' && mode !== 'shared' && mode !== 'patched') return null;
  if (ownerDigest !== digests.owner(sealed.metadata.uid ?? '', uid, mode)) return null;
  return { uid, resourceVersion, sealedDigest, secretDigest, ownerDigest, mode };
}

/** The last vain attempt in the status, or null. */
export function readAttempt(sealed: SealedSecret): UnsealAttempt | null {
  const found: Partial<Record<keyof UnsealAttempt, unknown>> = sealed.status?.attempt ?? {};
  const { sealedDigest, keysDigest, secret } = found;
  if (typeof sealedDigest !== 'string' || typeof keysDigest !== 'string' || typeof secret !== 'string') return null;
  return { sealedDigest, keysDigest, secret };
}
