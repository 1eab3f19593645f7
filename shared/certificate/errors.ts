/** @module Errors of certificates and private keys: one code per cause. */
import { CodedError } from '../errors/coded-error.ts';

/**
 * Everything that can be wrong with a certificate or a private key. `CERT_*` is about certificates and what is
 * sealed to them, `KEY_*` about private keys, `PEM_MALFORMED` about text that is read as neither.
 */
export type CertificateErrorCode =
  | 'PEM_MALFORMED'
  | 'CERT_NO_PEM'
  | 'CERT_MALFORMED'
  | 'CERT_NOT_RSA'
  | 'CERT_WEAK_KEY'
  | 'CERT_EXPIRED'
  | 'CERT_BAD_VALIDITY'
  | 'KEY_NO_PEM'
  | 'KEY_MALFORMED'
  | 'KEY_NOT_RSA'
  | 'KEY_ENCRYPTED';

/** The codes that a reader may use for "these bytes are not what they claim to be". */
export type MalformedCode = 'PEM_MALFORMED' | 'CERT_MALFORMED' | 'KEY_MALFORMED';

/** A certificate or private key that cannot be used. The message never quotes key material. */
export class CertificateError extends CodedError<CertificateErrorCode> {}
