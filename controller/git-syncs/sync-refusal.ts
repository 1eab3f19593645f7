/** @module Why a revision is not taken on. The revision before stays in force. */
import { CodedError } from '../../shared/errors/coded-error.ts';
import { describeError } from '../../shared/errors/describe-error.ts';
import { GitError } from '../../shared/git/errors.ts';
import { KustomizeError } from '../../shared/kustomize/errors.ts';
import type { SyncFailure } from '../../shared/resources/git-sync.ts';
import { SubstitutionError, SyncError } from '../../shared/sync/errors.ts';
import type { ApprovalHold } from '../../shared/sync-plan/approvals.ts';
import { describeFailure } from '../../shared/sync-plan/sync-failure.ts';
import { type Outlook, type RefusalReason, verdictOfGitError } from './reasons.ts';

/** A refusal as the status reports it. */
export interface SyncRefusal {
  readonly reason: RefusalReason;
  /** One public sentence. */
  readonly message: string;
  readonly outlook: Outlook;
  readonly failures: readonly SyncFailure[];
  /** What would let the revision be taken on; absent where nobody can approve it. */
  readonly approval?: ApprovalHold;
}

/** Thrown by a step that does not take a revision on. */
export class RefusedError extends CodedError<'SYNC_REFUSED'> {
  readonly refusal: SyncRefusal;

  constructor(refusal: SyncRefusal) {
    super('SYNC_REFUSED', refusal.message);
    this.refusal = refusal;
  }
}

/** The refusal that `error` means: what a step said, what Git said, or that the cluster could not be asked. */
export function toRefusal(error: unknown): SyncRefusal {
  if (error instanceof RefusedError) return error.refusal;
  if (error instanceof GitError) {
    const { reason, outlook } = verdictOfGitError(error.code);
    return { reason, outlook, message: withHint(describeError(error), error.hint), failures: [] };
  }
  if (error instanceof SyncError && error.code === 'SYNC_TOO_MANY_OBJECTS') {
    return { reason: 'TooManyObjects', outlook: 'poll', message: error.message, failures: [] };
  }
  if (error instanceof SubstitutionError) {
    const isSpec = error.code === 'RENDER_SETTINGS_INVALID';
    const [reason, outlook] = isSpec ? (['SpecInvalid', 'spec'] as const) : (['VariablesInvalid', 'poll'] as const);
    return { reason, outlook, message: withHint(error.message, error.hint), failures: [] };
  }
  if (error instanceof KustomizeError) {
    return {
      reason: 'RenderUnavailable',
      outlook: 'retry',
      message: withHint(error.message, error.hint),
      failures: [],
    };
  }
  // A bug is no property of the cluster or the source: the loop logs it.
  if (!(error instanceof CodedError)) throw error;
  return {
    reason: 'ClusterUnavailable',
    outlook: 'retry',
    message: withHint(describeError(error), error.hint),
    failures: [],
  };
}

/** The refusal of a commit in which these things are wrong; the message names the first. */
export function renderRefusal(failures: readonly SyncFailure[]): RefusedError {
  const [first] = failures;
  const rest = failures.length > 1 ? ` (and ${failures.length - 1} more)` : '';
  const message = `nothing of the commit is applied: ${first ? describeFailure(first) : 'it cannot be read'}${rest}`;
  return new RefusedError({ reason: 'RenderFailed', outlook: 'poll', message, failures });
}

/** `message`, followed by how to mend it. */
export function withHint(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}
