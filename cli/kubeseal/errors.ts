/** @module What kubeseal's surface refuses by itself, mostly in the words that scripts know from kubeseal. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeSystemError, systemCodeOf } from '../terminal/system-error.ts';

/** Everything that is refused here and not by a shared part. */
export type KubesealErrorCode =
  | 'KUBESEAL_USAGE'
  | 'KUBESEAL_FILE_UNREADABLE'
  | 'KUBESEAL_INPUT_INVALID'
  | 'KUBESEAL_CERTIFICATE_INVALID'
  | 'KUBESEAL_NO_CLUSTER'
  | 'KUBESEAL_CONTROLLER_REFUSED'
  | 'KUBESEAL_CANNOT_UNSEAL';

/** A refusal. A line break in the message is shown as one. */
export class KubesealError extends CodedError<KubesealErrorCode> {}

/** The flags ask for something that does not go together. */
export function flagError(message: string): KubesealError {
  return new KubesealError('KUBESEAL_USAGE', message);
}

/** The input is not what it should be. */
export function inputError(message: string, hint?: string): KubesealError {
  return new KubesealError('KUBESEAL_INPUT_INVALID', message, hint === undefined ? {} : { hint });
}

/** A file that cannot be opened or read, in the words of Go's os package. */
export function fileError(name: string, error: unknown): KubesealError {
  const action = systemCodeOf(error) === 'EISDIR' ? 'read' : 'open';
  const reason = systemCodeOf(error) === 'EISDIR' ? 'is a directory' : describeSystemError(error);
  return new KubesealError('KUBESEAL_FILE_UNREADABLE', `${action} ${name}: ${reason}`, { cause: error });
}

/** The controller did not do what it was asked for: in the words given, or for the reason that its answer gives. */
export function refusal(
  action: string,
  answer: string | { readonly kind: string; readonly reason: string },
): KubesealError {
  if (typeof answer === 'string') return new KubesealError('KUBESEAL_CONTROLLER_REFUSED', answer);
  const details =
    answer.kind === 'too-large' ? { hint: 'split it, or use --recovery-unseal with the private keys' } : {};
  return new KubesealError('KUBESEAL_CONTROLLER_REFUSED', `cannot ${action}: ${answer.reason}`, details);
}
