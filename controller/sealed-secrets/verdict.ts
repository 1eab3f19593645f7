/** @module What became of one SealedSecret, in the words of its status. */
import { shortenText } from '../../shared/encoding/shorten-text.ts';
import type { UnsealAttempt, UnsealedRecord } from '../../shared/resources/sealed-secret.ts';

/** Why an item or object does not open; sealing it again, or another key, mends it. */
export type UnsealFailureReason = 'KeyNotFound' | 'WrongScope' | 'Malformed' | 'TemplateFailed';

/** Why an opened object does not reach its Secret. */
export type WriteFailureReason = 'SecretExists' | 'SecretImmutable' | 'TypeRefused' | 'Forbidden' | 'WriteFailed';

/** Every reason that a condition of a SealedSecret can have. */
export type UnsealReason = 'Unsealed' | UnsealFailureReason | WriteFailureReason | 'Progressing';

/** Reasons of {@link UnsealFailureReason}, for a text that comes from outside. */
export const UNSEAL_FAILURE_REASONS: readonly UnsealFailureReason[] = [
  'KeyNotFound',
  'WrongScope',
  'Malformed',
  'TemplateFailed',
];

/** Reasons of failed writes that are remembered: only a change of one of the objects can mend them. */
export const REMEMBERED_WRITE_REASONS: readonly WriteFailureReason[] = [
  'SecretExists',
  'SecretImmutable',
  'TypeRefused',
];

/**
 * The result of one reconcile. `unsealed`: the Secret is as it should be. `stalled`: only a change mends it. `waiting`:
 * it is tried again.
 */
export interface Verdict {
  readonly state: 'unsealed' | 'stalled' | 'waiting';
  readonly reason: UnsealReason;
  /** For people, without secret values; empty when unsealed. */
  readonly message: string;
  /** The Secret that was last written; kept while an edited object does not open. */
  readonly record: UnsealedRecord | null;
  /** Set when trying again without a change would be in vain. */
  readonly attempt: UnsealAttempt | null;
  /** What others changed in the Secret, where that is reported and not repaired; absent when they changed nothing. */
  readonly drift?: string;
  /** The failure behind a `waiting` verdict; it says how long to wait, where the server did. */
  readonly error?: unknown;
}

const MAX_MESSAGE = 2_000;

/** `message` cut to what status and events can carry. */
export function shortenMessage(message: string): string {
  return shortenText(message, MAX_MESSAGE);
}

/** Reason of the event that tells of `reason`, as sealed-secrets' users know it. */
export function eventReasonOf(reason: UnsealReason): 'Unsealed' | 'ErrUnsealFailed' | 'ErrUpdateFailed' {
  if (reason === 'Unsealed') return 'Unsealed';
  return UNSEAL_FAILURE_REASONS.some((known) => known === reason) ? 'ErrUnsealFailed' : 'ErrUpdateFailed';
}
