/** @module Errors of the controller's own keys. */
import { CodedError } from '../../shared/errors/coded-error.ts';

/**
 * `KEYS_NAME_EXHAUSTED`: every name for a new key Secret is taken. `KEYS_UNUSABLE`: a new key does not load.
 * `KEYS_DIGEST_KEY_INVALID`: the digest key cannot be read.
 */
export type KeysErrorCode = 'KEYS_NAME_EXHAUSTED' | 'KEYS_UNUSABLE' | 'KEYS_DIGEST_KEY_INVALID';

/** A failure of the controller's own keys. The message never quotes key material. */
export class KeysError extends CodedError<KeysErrorCode> {}
