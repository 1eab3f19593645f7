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
  | 'SEALED_VALUE_CHANGED'
  | 'UNSEAL_V1_REFUSED'
  | 'UNSEAL_V1_CONFLICT'
  | 'UNSEAL_V1_MALFORMED';

/** A well-formed sealed value that no key of the ring opens, for all that can be told. */
export type SealedKeyCode =
  | 'SEALED_NO_KEYS'
  | 'SEALED_KEY_SIZE_MISMATCH'
  | 'SEALED_KEY_NOT_FOUND'
  | 'SEALED_KEY_RETIRED'
  | 'SEALED_KEY_ELSEWHERE';

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

/**
 * A `spec.template` that no Secret can be made of. `TEMPLATE_ENGINE_*` is no fault of the object: there is no engine for
 * template actions here, it is busy, or it has broken.
 */
export type TemplateErrorCode =
  | 'TEMPLATE_NOT_SUPPORTED'
  | 'TEMPLATE_INVALID'
  | 'TEMPLATE_SYNTAX'
  | 'TEMPLATE_VALUE_MISSING'
  | 'TEMPLATE_CALL_FAILED'
  | 'TEMPLATE_OUTPUT_TOO_LARGE'
  | 'TEMPLATE_TOO_DEEP'
  | 'TEMPLATE_TIMED_OUT'
  | 'TEMPLATE_OUT_OF_MEMORY'
  | 'TEMPLATE_ENGINE_MISSING'
  | 'TEMPLATE_ENGINE_BUSY'
  | 'TEMPLATE_ENGINE_FAILED';

/** Something in a Secret that is probably a mistake, although it can be sealed. */
export type LintCode =
  | 'LINT_TOO_LARGE'
  | 'LINT_ENCODED_TWICE'
  | 'LINT_ENDS_IN_LINE_BREAK'
  | 'LINT_WINDOWS_LINE_ENDS'
  | 'LINT_BYTE_ORDER_MARK'
  | 'LINT_UTF16'
  | 'LINT_KEY_MISSING'
  | 'LINT_ANNOTATION_MISSING'
  | 'LINT_DOCKER_CONFIG_INVALID'
  | 'LINT_DOCKER_CONFIG_EMPTY'
  | 'LINT_TLS_CERTIFICATE_INVALID'
  | 'LINT_TLS_CERTIFICATE_EXPIRED'
  | 'LINT_TLS_KEY_INVALID'
  | 'LINT_TLS_KEY_ENCRYPTED'
  | 'LINT_TLS_PAIR_MISMATCH';

/** Everything that sealing and unsealing refuse. */
export type SealingErrorCode = SealedValueCode | SealedKeyCode | SealedLabelCode | SealFaultCode | TemplateErrorCode;

/** Something that was found while sealing and is not let pass. The message never quotes a value of a Secret. */
export class LintError extends CodedError<LintCode> {}

/** Something that cannot be sealed or unsealed. The message never quotes a value of a Secret. */
export class SealingError extends CodedError<SealingErrorCode> {}

/**
 * Templates that fail with the values they were given. Code, message and hint tell where and why, which is for whoever has the
 * values: a template can be written so that the place of its failure spells a value out.
 */
export class TemplateError extends SealingError {
  /** The same failure in words that follow from the object as it is written, and are the same whatever its values are. */
  readonly openly: SealingError;

  constructor(code: TemplateErrorCode, message: string, { openly, hint }: { openly: SealingError; hint: string }) {
    super(code, message, { hint });
    this.openly = openly;
  }
}

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
