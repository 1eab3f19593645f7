/** @module The exit codes of `signet`, and which failure ends in which. They are part of the interface: docs/cli.md lists them. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { type CliErrorCode, SeveralErrors } from './errors.ts';

/** What the program can end with. */
export const EXIT = Object.freeze({
  /** Done; for `plan`: nothing to do. */
  done: 0,
  /** Done, and there is something to report: a plan with changes, a reconcile that did not end in Ready; a key that is still needed; a question that was answered with no. */
  findings: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file or object given as input is wrong. */
  invalidInput: 3,
  /** A certificate or private key cannot be had or used. */
  certificate: 4,
  /** A SealedSecret does not open. */
  cannotUnseal: 5,
  /** The cluster cannot be reached, refuses, or lacks what was asked for. */
  cluster: 6,
  /** The result cannot be written. */
  output: 7,
  /** The Git repository or directory to sync from cannot be read. */
  source: 8,
  /** The controller was asked and has not answered in time. */
  timeout: 9,
  /** A defect in signet. */
  defect: 70,
  /** Interrupted by the user. */
  interrupted: 130,
  /** Whoever read the output stopped reading. */
  outputClosed: 141,
});

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const OF_CLI: Readonly<Record<CliErrorCode, ExitCode>> = {
  CLI_USAGE: EXIT.usage,
  CLI_INPUT_UNREADABLE: EXIT.invalidInput,
  CLI_INPUT_TOO_LARGE: EXIT.invalidInput,
  CLI_INPUT_EMPTY: EXIT.invalidInput,
  CLI_WRONG_KIND: EXIT.invalidInput,
  CLI_OBJECT_INVALID: EXIT.invalidInput,
  CLI_NAMESPACE_MISMATCH: EXIT.invalidInput,
  CLI_NAMESPACE_MISSING: EXIT.invalidInput,
  CLI_LIST_IN_PLACE: EXIT.invalidInput,
  CLI_CERTIFICATE_UNREADABLE: EXIT.certificate,
  CLI_CERTIFICATE_NOT_FOUND: EXIT.certificate,
  CLI_PRIVATE_KEY_UNREADABLE: EXIT.certificate,
  CLI_CANNOT_UNSEAL: EXIT.cannotUnseal,
  CLI_CONTROLLER_NOT_FOUND: EXIT.cluster,
  CLI_CONTROLLER_AMBIGUOUS: EXIT.cluster,
  CLI_CONTROLLER_FAILED: EXIT.cluster,
  CLI_OBJECT_NOT_FOUND: EXIT.cluster,
  CLI_KEY_NEEDED: EXIT.findings,
  CLI_EDITOR_FAILED: EXIT.invalidInput,
  CLI_SOURCE_UNREADABLE: EXIT.source,
  CLI_OUTPUT_FAILED: EXIT.output,
  CLI_TIMED_OUT: EXIT.timeout,
};

/** First match wins, so a longer prefix stands before a shorter one. */
const OF_AREA: readonly (readonly [prefix: string, code: ExitCode])[] = [
  ['CERT_', EXIT.certificate],
  ['KEY_', EXIT.certificate],
  ['PEM_', EXIT.certificate],
  ['SEALED_', EXIT.cannotUnseal],
  ['UNSEAL_', EXIT.cannotUnseal],
  ['TEMPLATE_', EXIT.cannotUnseal],
  ['KUBE_', EXIT.cluster],
  ['GIT_', EXIT.source],
  ['KUSTOMIZE_', EXIT.source],
  ['SUBSTITUTE_', EXIT.cluster],
  ['SEAL_', EXIT.invalidInput],
  ['LINT_', EXIT.invalidInput],
  ['BACKUP_KEY_', EXIT.certificate],
  ['BACKUP_', EXIT.invalidInput],
  ['YAML_', EXIT.invalidInput],
  ['JSON_', EXIT.invalidInput],
  ['TEXT_', EXIT.invalidInput],
  ['BASE64_', EXIT.invalidInput],
  ['RENDER_', EXIT.invalidInput],
  ['PLAN_', EXIT.invalidInput],
  ['ACCOUNT_', EXIT.invalidInput],
  ['SYNC_SPEC_', EXIT.invalidInput],
  ['SYNC_', EXIT.cluster],
];

/** The exit code that `error` ends in. Of several errors the first one counts; what nobody foresaw is a defect. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof SeveralErrors) return exitCodeOf(error.errors[0]);
  if (!(error instanceof CodedError)) return EXIT.defect;
  if (Object.hasOwn(OF_CLI, error.code)) return OF_CLI[error.code as CliErrorCode];
  return OF_AREA.find(([prefix]) => error.code.startsWith(prefix))?.[1] ?? EXIT.defect;
}
