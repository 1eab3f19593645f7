/** @module Errors of key backups: one code per cause. */
import { CodedError } from '../errors/coded-error.ts';

/**
 * Everything that can be wrong with a backup. `BACKUP_KEY_*` is about the recipients, identities and passphrases that lock
 * and unlock it, the others about the file and what is in it.
 */
export type KeyBackupErrorCode =
  | 'BACKUP_KEY_INVALID'
  | 'BACKUP_KEY_WRONG'
  | 'BACKUP_NOT_AGE'
  | 'BACKUP_DAMAGED'
  | 'BACKUP_CONTENT_REFUSED';

/** A backup that cannot be written or read. The message never quotes key material, passphrases or identities. */
export class KeyBackupError extends CodedError<KeyBackupErrorCode> {}
