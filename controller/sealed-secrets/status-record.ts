/** @module Reads back what the controller once wrote into a SealedSecret's status, which may hold anything by now. */
import type { OpenedBy, SealedSecret, UnsealAttempt, UnsealedRecord } from '../../shared/resources/sealed-secret.ts';
import type { Digests } from './digests.ts';

/** More keys than any object was ever sealed to; a longer list is not ours. */
const MAX_KEYS = 1_000;

/**
 * The record in the status, or null when there is none, or none that the digest key vouches for. One of a controller that
 * did not record keys has none, and is believed in everything else.
 */
export function readRecord(sealed: SealedSecret, digests: Digests): UnsealedRecord | null {
  const found: Partial<Record<keyof UnsealedRecord, unknown>> = sealed.status?.unsealed ?? {};
  const { uid, resourceVersion, sealedDigest, secretDigest, ownerDigest, mode } = found;
  if (typeof uid !== 'string' || typeof resourceVersion !== 'string') return null;
  if (typeof sealedDigest !== 'string' || typeof secretDigest !== 'string') return null;
  if (mode !== 'owned' && mode !== 'shared' && mode !== 'patched') return null;
  if (ownerDigest !== digests.owner(sealed.metadata.uid ?? '', uid, mode)) return null;
  const openedBy = readOpenedBy(sealed, digests, { ...found, sealedDigest });
  if (openedBy === null) return null;
  const rendered = readRendered(sealed, digests, { ...found, sealedDigest });
  return {
    uid,
    resourceVersion,
    sealedDigest,
    secretDigest,
    ownerDigest,
    mode,
    ...openedBy,
    ...readDrift(found),
    ...rendered,
  };
}

/** The last vain attempt in the status, or null. */
export function readAttempt(sealed: SealedSecret, digests: Digests): UnsealAttempt | null {
  const found: Partial<Record<keyof UnsealAttempt, unknown>> = sealed.status?.attempt ?? {};
  const { sealedDigest, keysDigest, secret } = found;
  if (typeof sealedDigest !== 'string' || typeof keysDigest !== 'string' || typeof secret !== 'string') return null;
  const openedBy = readOpenedBy(sealed, digests, { ...found, sealedDigest });
  return openedBy === null ? null : { sealedDigest, keysDigest, secret, ...openedBy };
}

/** What is kept of the keys that opened `sealed`. */
export function openedBy(
  sealed: SealedSecret,
  digests: Digests,
  { sealedDigest, keys }: { readonly sealedDigest: string; readonly keys: Iterable<string> },
): Required<OpenedBy> {
  const sorted = [...keys].sort();
  return { keys: sorted, keysProof: digests.openedBy(sealed.metadata.uid ?? '', sealedDigest, sorted) };
}

/** What is kept of the clock by which the templates of `sealed` were rendered. */
export function renderedBy(
  sealed: SealedSecret,
  digests: Digests,
  { sealedDigest, renderedAt }: { readonly sealedDigest: string; readonly renderedAt: string },
): Pick<UnsealedRecord, 'renderedAt' | 'renderedProof'> {
  return { renderedAt, renderedProof: digests.renderedBy(sealed.metadata.uid ?? '', sealedDigest, renderedAt) };
}

/** Nothing where no clock is told, or not by us. */
function readRendered(
  sealed: SealedSecret,
  digests: Digests,
  found: { readonly sealedDigest: string; readonly renderedAt?: unknown; readonly renderedProof?: unknown },
): Pick<UnsealedRecord, 'renderedAt' | 'renderedProof'> {
  const { sealedDigest, renderedAt, renderedProof } = found;
  if (typeof renderedAt !== 'string') return {};
  const rendered = renderedBy(sealed, digests, { sealedDigest, renderedAt });
  return rendered.renderedProof === renderedProof ? rendered : {};
}

function readDrift({ driftedVersion, driftedDigest }: Partial<Record<keyof UnsealedRecord, unknown>>) {
  if (typeof driftedVersion !== 'string' || typeof driftedDigest !== 'string') return {};
  return { driftedVersion, driftedDigest };
}

/** Nothing where no keys are told; null where they are told by somebody else. */
function readOpenedBy(
  sealed: SealedSecret,
  digests: Digests,
  found: { readonly sealedDigest: string; readonly keys?: unknown; readonly keysProof?: unknown },
): OpenedBy | null {
  const { sealedDigest, keys: told, keysProof } = found;
  if (told === undefined && keysProof === undefined) return {};
  if (!Array.isArray(told) || told.length > MAX_KEYS || typeof keysProof !== 'string') return null;
  const keys = told.filter((key): key is string => typeof key === 'string');
  const isOurs =
    keys.length === told.length && openedBy(sealed, digests, { sealedDigest, keys }).keysProof === keysProof;
  return isOurs ? { keys, keysProof } : null;
}
