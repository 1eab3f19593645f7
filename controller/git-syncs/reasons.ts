/** @module The closed list of condition reasons of a GitSync, and what each failure to read the source means. */
import type { GitErrorCode } from '../../shared/git/errors.ts';

/**
 * Why a revision is not, or not yet, in place. `ClusterUnavailable`: the API server did not answer, or refused, what a look needs beside the
 * objects themselves.
 */
export type RefusalReason =
  | 'SpecInvalid'
  | 'SourceRefused'
  | 'SourceUntrusted'
  | 'SourceUnreachable'
  | 'SourceTooLarge'
  | 'SourceFailed'
  | 'CredentialsInvalid'
  | 'AuthFailed'
  | 'RepositoryNotFound'
  | 'RefNotFound'
  | 'HistoryRewritten'
  | 'SignatureInvalid'
  | 'PathInvalid'
  | 'RenderFailed'
  | 'RenderUnavailable'
  | 'VariablesInvalid'
  | 'EmptyRender'
  | 'TooManyDeletions'
  | 'TooManyObjects'
  | 'CannotUnseal'
  | 'DependencyCycle'
  | 'DependencyNotFound'
  | 'DependencyNotReady'
  | 'AccountNotFound'
  | 'Forbidden'
  | 'KubeConfigInvalid'
  | 'ClusterUnreachable'
  | 'ClusterChanged'
  | 'ClusterUnavailable';

/** Every reason that a condition of a GitSync can have. */
export type ConditionReason =
  | RefusalReason
  | 'Applied'
  | 'Pinned'
  | 'Progressing'
  | 'Pruning'
  | 'ApprovalNeeded'
  | 'Healthy'
  | 'WaitingForHealth'
  | 'WaitingForSecrets'
  | 'HealthCheckFailed'
  | 'HealthTimeout'
  | 'Suspended'
  | 'ApplyFailed'
  | 'PruneFailed'
  | 'Deleting';

/**
 * What can mend a refusal. `retry`: time may, so it is tried again with backoff. `wait`: it will go on when told. `poll`: something that is looked at once per
 * interval, such as a new commit or the login's Secret. `spec`: nothing but a change of the GitSync.
 */
export type Outlook = 'retry' | 'wait' | 'poll' | 'spec';

/** What a failure to read the source means for the GitSync. */
export interface SourceVerdict {
  readonly reason: RefusalReason;
  readonly outlook: Outlook;
}

const VERDICTS: Readonly<Partial<Record<GitErrorCode, SourceVerdict>>> = {
  GIT_URL_REFUSED: { reason: 'SourceRefused', outlook: 'spec' },
  GIT_CREDENTIALS_IN_URL: { reason: 'SourceRefused', outlook: 'spec' },
  GIT_REDIRECTED: { reason: 'SourceRefused', outlook: 'poll' },
  GIT_CREDENTIALS_INVALID: { reason: 'CredentialsInvalid', outlook: 'poll' },
  GIT_AUTH_REJECTED: { reason: 'AuthFailed', outlook: 'retry' },
  GIT_HOST_KEY_MISMATCH: { reason: 'SourceUntrusted', outlook: 'poll' },
  GIT_TLS_REJECTED: { reason: 'SourceUntrusted', outlook: 'poll' },
  GIT_UNREACHABLE: { reason: 'SourceUnreachable', outlook: 'retry' },
  GIT_TIMEOUT: { reason: 'SourceUnreachable', outlook: 'retry' },
  GIT_REPOSITORY_NOT_FOUND: { reason: 'RepositoryNotFound', outlook: 'retry' },
  GIT_REF_INVALID: { reason: 'RefNotFound', outlook: 'spec' },
  GIT_REF_NOT_FOUND: { reason: 'RefNotFound', outlook: 'retry' },
  GIT_COMMIT_NOT_FOUND: { reason: 'RefNotFound', outlook: 'retry' },
  GIT_PATH_OUTSIDE: { reason: 'PathInvalid', outlook: 'spec' },
  GIT_PATH_NOT_FOUND: { reason: 'PathInvalid', outlook: 'poll' },
  GIT_SYMLINK_OUTSIDE: { reason: 'PathInvalid', outlook: 'poll' },
  GIT_SIGNATURE_INVALID: { reason: 'SignatureInvalid', outlook: 'poll' },
  GIT_SIGNERS_INVALID: { reason: 'SignatureInvalid', outlook: 'poll' },
  GIT_TREE_TOO_LARGE: { reason: 'SourceTooLarge', outlook: 'poll' },
};

/** What a failed Git call means. Codes without a rule of their own may pass with time. */
export function verdictOfGitError(code: GitErrorCode): SourceVerdict {
  return VERDICTS[code] ?? { reason: 'SourceFailed', outlook: 'retry' };
}
