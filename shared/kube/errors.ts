/** @module The errors that talking to an API server can end in. */
import { CodedError, type CodedErrorDetails } from '../errors/coded-error.ts';

/** Every way in which a call to an API server, or finding one, can fail. */
export type KubeErrorCode =
  | 'KUBE_NOT_FOUND'
  | 'KUBE_ALREADY_EXISTS'
  | 'KUBE_CONFLICT'
  | 'KUBE_FORBIDDEN'
  | 'KUBE_UNAUTHORIZED'
  | 'KUBE_INVALID'
  | 'KUBE_GONE'
  | 'KUBE_TOO_MANY_REQUESTS'
  | 'KUBE_TIMEOUT'
  | 'KUBE_UNREACHABLE'
  | 'KUBE_SERVER_ERROR'
  | 'KUBE_BAD_RESPONSE'
  | 'KUBE_TOO_LARGE'
  | 'KUBE_KUBECONFIG_INVALID'
  | 'KUBE_KUBECONFIG_MISSING';

/** One field that the server named: its path and the machine-readable reason; never its value. */
export interface KubeErrorCause {
  readonly field: string;
  readonly reason: string;
}

/** What a {@link KubeError} knows beside its message; the defaults are 0, empty text and no causes. */
export interface KubeErrorDetails extends CodedErrorDetails {
  readonly status?: number;
  readonly reason?: string;
  readonly retryAfterMs?: number | undefined;
  readonly causes?: readonly KubeErrorCause[];
}

/** A failed call to an API server. Neither message nor properties quote a value of an object. */
export class KubeError extends CodedError<KubeErrorCode> {
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  /** `reason` of the server's Status, such as `AlreadyExists`; empty when there was none. */
  readonly reason: string;
  /** How long the server asked to wait before the next try. */
  readonly retryAfterMs: number | undefined;
  /** The fields that the server named. */
  readonly causes: readonly KubeErrorCause[];

  constructor(code: KubeErrorCode, message: string, details: KubeErrorDetails = {}) {
    super(code, message, details);
    this.status = details.status ?? 0;
    this.reason = details.reason ?? '';
    this.retryAfterMs = details.retryAfterMs;
    this.causes = details.causes ?? [];
  }
}

/** True for a {@link KubeError} of one of `codes`; of any code when none is given. */
export function isKubeError(error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}
