/** @module Says in words why an API server gave no answer. */
import type { ClusterConnection } from './connection.ts';
import { KubeError, type KubeErrorCode } from './errors.ts';
import type { ExchangeFailure } from './exchange.ts';

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'no connection within the time limit',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ENOTFOUND: 'the host name cannot be resolved',
  EAI_AGAIN: 'the host name cannot be resolved just now',
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not yet valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not trusted",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "the server's certificate is not trusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate is not trusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate is not trusted",
  EPROTO: 'TLS failed; is it an http:// address?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS failed; is it an http:// address?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'TLS failed; is it an http:// address?',
  HPE_INVALID_CONSTANT: 'the answer is not HTTP; is it an https:// address?',
};

const UNTRUSTED_HINT = 'check certificate-authority in the kubeconfig: it must belong to this cluster';

/** The error for `failure`: names the address and where it was configured, and says what happened. */
export function unreachableError(connection: ClusterConnection, failure: ExchangeFailure): KubeError {
  const { code, words } = explain(failure);
  const verb = code === 'KUBE_TOO_LARGE' ? 'cannot read the answer of' : 'cannot reach';
  return new KubeError(code, `${verb} the API server ${connection.describe()}: ${words}`, {
    cause: failure.error,
    ...(words.endsWith('not trusted') ? { hint: UNTRUSTED_HINT } : {}),
  });
}

function explain(failure: ExchangeFailure): { code: KubeErrorCode; words: string } {
  if (failure.cause === 'too-large') return { code: 'KUBE_TOO_LARGE', words: 'it is larger than allowed' };
  if (failure.cause === 'deadline') {
    return failure.connected
      ? { code: 'KUBE_TIMEOUT', words: 'no answer within the time limit' }
      : { code: 'KUBE_UNREACHABLE', words: 'no connection within the time limit' };
  }
  return { code: 'KUBE_UNREACHABLE', words: wordsOf(failure.error) };
}

function wordsOf(error: unknown): string {
  const code = codeOf(error);
  if (Object.hasOwn(WORDS, code)) return WORDS[code] ?? code;
  return code === '' ? 'the connection failed' : `the connection failed (${code})`;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
