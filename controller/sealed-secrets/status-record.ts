/** @module Reads back what the controller once wrote into a SealedSecret's status, which may hold anything by now. */
import type { Condition } from '../../shared/resources/conditions.ts';
import type { OpenedBy, SealedSecret, UnsealAttempt, UnsealedRecord } from '../../shared/resources/sealed-secret.ts';
import type { Digests, FoundDrift, ToldFailure } from './digests.ts';
import { DRIFTED } from './drift-mode.ts';
import { shortenMessage } from './verdict.ts';

/** More keys than any object was ever sealed to; a longer list is not ours. */
const MAX_KEYS = 1_000;

/** The record in the status, or null when there is none, or none that the digest key vouches for. */
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
    ...readDrift(sealed, digests, { ...found, sealedDigest }),
    ...rendered,
  };
}

/** The last vain attempt in the status, or null when there is none, or none that the digest key vouches for, words included. */
export function readAttempt(sealed: SealedSecret, digests: Digests): UnsealAttempt | null {
  const found: Partial<Record<keyof UnsealAttempt, unknown>> = sealed.status?.attempt ?? {};
  const { sealedDigest, keysDigest, secret, proof } = found;
  const keys = readKeys(found.keys);
  const told = toldFailure(sealed);
  if (typeof sealedDigest !== 'string' || typeof keysDigest !== 'string' || typeof secret !== 'string') return null;
  if (keys === null || told === null) return null;
  const attempt = vouchedAttempt(sealed, digests, { sealedDigest, keysDigest, secret, ...keys }, told);
  return attempt.proof === proof ? attempt : null;
}

/** What condition `Ready` says while it is False; null when it does not say it. */
export function toldFailure(sealed: SealedSecret): ToldFailure | null {
  const ready = conditionOf(sealed, 'Ready');
  return ready?.status === 'False' ? { reason: ready.reason, message: ready.message } : null;
}

/** What condition `Drifted` says while it is True; null when it does not say it. */
export function toldDrift(sealed: SealedSecret): string | null {
  const drifted = conditionOf(sealed, DRIFTED);
  return drifted?.status === 'True' ? drifted.message : null;
}

/** `attempt` with the proof that the controller made it, and said `told` of it. */
export function vouchedAttempt(
  sealed: SealedSecret,
  digests: Digests,
  attempt: Omit<UnsealAttempt, 'proof'>,
  { reason, message }: ToldFailure,
): UnsealAttempt {
  const told = { reason, message: shortenMessage(message) };
  return { ...attempt, proof: digests.attempt(sealed.metadata.uid ?? '', attempt, told) };
}

/** What is kept of an edit that was found in the Secret; `drift` is what is said of it, null when nothing is. */
export function driftedBy(
  sealed: SealedSecret,
  digests: Digests,
  found: Pick<UnsealedRecord, 'sealedDigest'> & Omit<FoundDrift, 'message'> & { readonly drift: string | null },
): Pick<UnsealedRecord, 'driftedVersion' | 'driftedDigest' | 'driftedProof'> {
  const { sealedDigest, driftedVersion, driftedDigest, drift } = found;
  const message = drift === null ? null : shortenMessage(drift);
  const driftedProof = digests.drift(sealed.metadata.uid ?? '', sealedDigest, {
    driftedVersion,
    driftedDigest,
    message,
  });
  return { driftedVersion, driftedDigest, driftedProof };
}

/** What is kept of the keys that opened `sealed`. */
export function openedBy(
  sealed: SealedSecret,
  digests: Digests,
  { sealedDigest, keys }: { readonly sealedDigest: string; readonly keys: Iterable<string> },
): OpenedBy {
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

/** Nothing where no edit is told, or not by us in the words that stand there. */
function readDrift(
  sealed: SealedSecret,
  digests: Digests,
  found: Omit<Partial<Record<keyof UnsealedRecord, unknown>>, 'sealedDigest'> & { readonly sealedDigest: string },
): Pick<UnsealedRecord, 'driftedVersion' | 'driftedDigest' | 'driftedProof'> {
  const { sealedDigest, driftedVersion, driftedDigest, driftedProof } = found;
  if (typeof driftedVersion !== 'string' || typeof driftedDigest !== 'string') return {};
  const drift = toldDrift(sealed);
  const drifted = driftedBy(sealed, digests, { sealedDigest, driftedVersion, driftedDigest, drift });
  return drifted.driftedProof === driftedProof ? drifted : {};
}

/** Null where no keys are told, or not by us. */
function readOpenedBy(
  sealed: SealedSecret,
  digests: Digests,
  found: { readonly sealedDigest: string; readonly keys?: unknown; readonly keysProof?: unknown },
): OpenedBy | null {
  const { keys } = readKeys(found.keys) ?? {};
  if (keys === undefined) return null;
  const opened = openedBy(sealed, digests, { sealedDigest: found.sealedDigest, keys });
  return opened.keysProof === found.keysProof ? opened : null;
}

/** Nothing where none are told; null where they are no list of texts. */
function readKeys(told: unknown): Partial<Pick<OpenedBy, 'keys'>> | null {
  if (told === undefined || told === null) return {};
  if (!Array.isArray(told) || told.length > MAX_KEYS) return null;
  return told.every((key): key is string => typeof key === 'string') ? { keys: told } : null;
}

function conditionOf(sealed: SealedSecret, type: string): Condition | undefined {
  const conditions: unknown = sealed.status?.conditions;
  return Array.isArray(conditions) ? conditions.find((condition) => condition?.type === type) : undefined;
}
