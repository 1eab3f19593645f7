/** @module Errors of sealing and unsealing: one code per cause. */
import { CodedError } from '../errors/coded-error.ts';

/** A sealed value that is not what the format asks for; only sealing again mends it. */
export type SealedValueCode =
  | 'SEALED_DATA_NOT_A_MAP'
  | 'SEALED_VALUE_NOT_STRING'
  | 'SEALED_VALUE_NOT_BASE64'
  | 'SEALED_VALUE_TOO_SHORT'
  | 'SEALED_VALUE_BAD_LENGTH'
  | 'SEALED_VALUE_NO_TAG'
  | 'SEALED_VALUE_BAD_CONTENT_KEY'
  | 'SEALED_VALUE_CORRUPT'
  | 'UNSEAL_V1_UNSUPPORTED';

/** A well-formed sealed value that no key of the ring opens, for all that can be told. */
export type SealedKeyCode = 'SEALED_NO_KEYS' | 'SEALED_KEY_SIZE_MISMATCH' | 'SEALED_KEY_NOT_FOUND';

/** A sealed value that a key of the ring opens for another scope, or for another name or namespace. */
export type SealedLabelCode = 'SEALED_SCOPE_MISMATCH' | 'SEALED_NAME_MISMATCH';

/** A Secret that cannot be sealed as it is written. */
export type SealFaultCode =
  | 'SEAL_NOT_A_SECRET'
  | 'SEAL_NO_NAME'
  | 'SEAL_NAME_INVALID'
  | 'SEAL_NO_NAMESPACE'
  | 'SEAL_NO_DATA'
  | 'SEAL_NOT_A_MAP'
  | 'SEAL_KEY_INVALID'
  | 'SEAL_DATA_NOT_BASE64'
  | 'SEAL_VALUE_NOT_STRING'
  | 'SEAL_FIELD_INVALID'
  | 'SEAL_UNKNOWN_FIELD';

/** Everything that sealing and unsealing refuse. `TEMPLATE_*` is about `spec.template` of a SealedSecret. */
export type SealingErrorCode =
  | SealedValueCode
  | SealedKeyCode
  | SealedLabelCode
  | SealFaultCode
  | 'TEMPLATE_NOT_SUPPORTED'
  | 'TEMPLATE_INVALID';

/** Something that cannot be sealed or unsealed. The message never quotes a value of a Secret. */
export class SealingError extends CodedError<SealingErrorCode> {}

/** One thing that is wrong with a Secret. `field` is its path, such as `data.password`; empty for the whole object. */
export interface SealFault {
  readonly code: SealFaultCode;
  readonly field: string;
  /** What is wrong, without the object's name. */
  readonly message: string;
  readonly hint?: string;
}

/** A Secret that cannot be sealed, with everything that is wrong with it; `code` is that of the first fault. */
export class SealRefusedError extends SealingError {
  readonly faults: readonly SealFault[];

  /** `subject` names the object, as in `Secret "shop/db"`. */
  constructor(subject: string, faults: readonly [SealFault, ...SealFault[]]) {
    const problems = faults.map((fault) => fault.message).join('; ');
    const hint = [...new Set(faults.flatMap((fault) => fault.hint ?? []))].join('; ');
    super(faults[0].code, `cannot seal ${subject}: ${problems}`, hint === '' ? {} : { hint });
    this.faults = faults;
  }
}
