/**
 * @module Decides, without decrypting and without a request, whether the last verdict on a SealedSecret still holds. Status
 * is public, and others may write it: only what keyed digests prove is believed.
 */
import type { SealedSecret, UnsealAttempt, UnsealedRecord } from '../../shared/resources/sealed-secret.ts';
import type { DriftMode } from './drift-mode.ts';
import { type Claimant, decideOwnership, type SecretClaims } from './ownership.ts';
import { toldDrift, toldFailure } from './status-record.ts';
import { REMEMBERED_WRITE_REASONS, UNSEAL_FAILURE_REASONS, type UnsealReason, type Verdict } from './verdict.ts';

/** One SealedSecret and all that a decision about it needs. */
export interface Subject {
  readonly sealed: SealedSecret;
  /** The Secret of its name; null when there is none. */
  readonly claims: SecretClaims | null;
  readonly claimant: Claimant;
  /** The Secret that was last written for it, if the record can be trusted. */
  readonly record: UnsealedRecord | null;
  readonly attempt: UnsealAttempt | null;
  /** The last verdict of this process. */
  readonly lastVerdict: Verdict | undefined;
  readonly sealedDigest: string;
  readonly keysDigest: string;
  readonly driftMode: DriftMode;
}

/** The verdict that still holds, or null when the object must be worked on. */
export function findRememberedVerdict(subject: Subject, verifiedVersion: string | undefined): Verdict | null {
  const { record, claims } = subject;
  if (record !== null && record.sealedDigest === subject.sealedDigest) {
    if (subject.driftMode === 'ignore' || isInPlace(record, claims, verifiedVersion)) return unsealed(record);
    const drift = rememberedDrift(subject, record);
    if (drift !== null) return { ...unsealed(record), drift };
  }
  return findRememberedFailure(subject);
}

/** The verdict that the Secret of `record` is as it should be. */
export function unsealed(record: UnsealedRecord): Verdict {
  return { state: 'unsealed', reason: 'Unsealed', message: '', record, attempt: null };
}

/**
 * True when exactly this was unsealed before, so that whatever the Secret holds else is an edit of it. Where records are
 * not stored, the status says so.
 */
export function wasUnsealedBefore({ sealed, record, lastVerdict, sealedDigest }: Subject): boolean {
  if (record !== null || lastVerdict !== undefined) return record?.sealedDigest === sealedDigest;
  const { conditions, observedGeneration } = sealed.status ?? {};
  if (!Array.isArray(conditions) || observedGeneration !== sealed.metadata.generation) return false;
  return conditions.some((condition) => condition?.type === 'Synced' && condition.status === 'True');
}

/** True when the same content was unsealed before into the Secret that stands there, which others have written to since. */
export function isDriftSuspected({ record, claims, sealedDigest }: Subject): boolean {
  return record !== null && claims !== null && record.uid === claims.uid && record.sealedDigest === sealedDigest;
}

/** Names the Secret that stands in the way, for an {@link UnsealAttempt}. */
export function obstacleOf(claims: SecretClaims | null): string {
  return claims === null ? 'none' : `${claims.uid}/${claims.resourceVersion}`;
}

/** A Secret of somebody else that was only patched is not made again when it is deleted. */
function isInPlace(record: UnsealedRecord, claims: SecretClaims | null, verifiedVersion: string | undefined): boolean {
  if (claims === null) return record.mode === 'patched';
  const isSameVersion = claims.resourceVersion === record.resourceVersion || claims.resourceVersion === verifiedVersion;
  return claims.uid === record.uid && isSameVersion && !claims.isTerminating;
}

/** What was reported of the Secret that stands there, in the words of that time; null when nothing was. */
export function rememberedDrift(
  { claims, driftMode, lastVerdict, sealed }: Subject,
  record: UnsealedRecord,
): string | null {
  const isReported = claims?.uid === record.uid && claims.resourceVersion === record.driftedVersion;
  if (driftMode !== 'report' || !isReported || claims.isTerminating) return null;
  if (lastVerdict !== undefined) return lastVerdict.drift ?? null;
  // Vouched for: a record whose edit was told in other words does not name one.
  return toldDrift(sealed);
}

function findRememberedFailure(subject: Subject): Verdict | null {
  const { attempt, record } = subject;
  if (attempt === null) return null;
  if (attempt.sealedDigest !== subject.sealedDigest || attempt.keysDigest !== subject.keysDigest) return null;
  const failure = lastFailure(subject);
  if (failure === null || !stillApplies(failure.reason, subject, attempt)) return null;
  return { ...failure, record, attempt };
}

function stillApplies(reason: UnsealReason, subject: Subject, attempt: UnsealAttempt): boolean {
  if (UNSEAL_FAILURE_REASONS.some((known) => known === reason)) return true;
  if (reason === 'SecretExists') return decideOwnership(subject.claims, subject.claimant) === 'blocked';
  return REMEMBERED_WRITE_REASONS.some((known) => known === reason) && attempt.secret === obstacleOf(subject.claims);
}

/** State, reason and message of the last failure: from this process, or as the status tells it. */
function lastFailure({ lastVerdict, sealed }: Subject): Pick<Verdict, 'state' | 'reason' | 'message'> | null {
  if (lastVerdict !== undefined) return lastVerdict.state === 'unsealed' ? null : lastVerdict;
  // Vouched for: an attempt of which something else was told is none.
  const told = toldFailure(sealed);
  const known = [...UNSEAL_FAILURE_REASONS, ...REMEMBERED_WRITE_REASONS].find((reason) => reason === told?.reason);
  if (told === null || known === undefined) return null;
  return { state: known === 'SecretExists' ? 'waiting' : 'stalled', reason: known, message: told.message };
}
