/** @module The failures that the command line itself finds, and how several of them, or their place, are put together. */
import { CodedError } from '../../shared/errors/coded-error.ts';

/** Every failure that is found by the command line and not by a shared part. */
export type CliErrorCode =
  | 'CLI_USAGE'
  | 'CLI_INPUT_UNREADABLE'
  | 'CLI_INPUT_TOO_LARGE'
  | 'CLI_INPUT_EMPTY'
  | 'CLI_WRONG_KIND'
  | 'CLI_OBJECT_INVALID'
  | 'CLI_NAMESPACE_MISMATCH'
  | 'CLI_NAMESPACE_MISSING'
  | 'CLI_LIST_IN_PLACE'
  | 'CLI_CERTIFICATE_UNREADABLE'
  | 'CLI_CERTIFICATE_NOT_FOUND'
  | 'CLI_PRIVATE_KEY_UNREADABLE'
  | 'CLI_CANNOT_UNSEAL'
  | 'CLI_CONTROLLER_NOT_FOUND'
  | 'CLI_CONTROLLER_AMBIGUOUS'
  | 'CLI_CONTROLLER_FAILED'
  | 'CLI_OBJECT_NOT_FOUND'
  | 'CLI_KEY_NEEDED'
  | 'CLI_EDITOR_FAILED'
  | 'CLI_SOURCE_UNREADABLE'
  | 'CLI_OUTPUT_FAILED'
  | 'CLI_TIMED_OUT';

/** A failure found by the command line. */
export class CliError extends CodedError<CliErrorCode> {}

/** A failure of any area with its place in the user's input in front: `secrets.yaml:4: document 2: …`. */
export class LocatedError extends CodedError {
  /** `hint` takes the place of that of `error`. */
  constructor(place: string, error: CodedError, hint: string | undefined = error.hint) {
    super(error.code, `${place}: ${error.message}`, { cause: error, ...(hint === undefined ? {} : { hint }) });
  }
}

/** Several failures that were found in one go; never empty. */
export class SeveralErrors extends Error {
  readonly errors: readonly CodedError[];
  /** What did not happen because of them, such as `nothing was sealed`. */
  readonly consequence: string;

  constructor(errors: readonly CodedError[], consequence: string) {
    super(`${errors.length} errors`);
    this.name = 'SeveralErrors';
    this.errors = errors;
    this.consequence = consequence;
  }
}

/** Throws all of `errors` at once; does nothing when there are none. @throws SeveralErrors */
export function throwIfAny(errors: readonly CodedError[], consequence: string): void {
  if (errors.length > 0) throw new SeveralErrors(errors, consequence);
}

/** The command was called in a way that it does not offer. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError('CLI_USAGE', message, hint === undefined ? {} : { hint });
}

/** A private key stands where `option` takes a file. It is not quoted, and is known to the shell's history and to every user of the machine already. */
export function secretAsArgument(option: string): CliError {
  return usageError(
    'cannot take a private key as an argument, where others can see it',
    `name a file with ${option}, and replace this key`,
  );
}
