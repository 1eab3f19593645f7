/** @module Turns the API server's refusals into errors that quote no value. */
import { parseJson } from '../encoding/json.ts';
import { fieldsOf, textOf } from '../encoding/value-kind.ts';
import { type Call, describeSubject } from './call.ts';
import { KubeError, type KubeErrorCode } from './errors.ts';
import type { HttpAnswer } from './exchange.ts';
import { redactStatus } from './redact-status.ts';
import { retryAfterMs } from './retry.ts';
import { isDenial, safeReason } from './status-phrases.ts';

type Status = Readonly<Record<string, unknown>>;

const NO_SUCH_PATH = '404 page not found';

/** The error for `answer`, which refused `call`. A 404 counts as absence only in the API server's own words. */
export function statusError(call: Call, answer: HttpAnswer, now: number): KubeError {
  const status = readStatus(answer);
  if (answer.status === 404 && !isOwnNotFound(answer, status)) return foreignError(call, answer.status);
  return toError(call, answer.status, status, retryAfterMs(answer.headers['retry-after'], now));
}

/** A Status, or what the server says of paths that it does not know. */
function isOwnNotFound(answer: HttpAnswer, status: Status): boolean {
  return status['kind'] === 'Status' || answer.body.toString('latin1', 0, NO_SUCH_PATH.length) === NO_SUCH_PATH;
}

/** A gateway that has lost the cluster behind it says nothing of objects. */
function foreignError(call: Call, http: number): KubeError {
  const message = `cannot ${call.verb} ${describeSubject(call)}: HTTP ${http} came from something else than an API server`;
  return new KubeError('KUBE_BAD_RESPONSE', message, {
    status: http,
    hint: 'check the address of the API server, and what stands before it',
  });
}

/** The error for the Status object of an `ERROR` event inside a watch. */
export function statusObjectError(call: Call, object: unknown): KubeError {
  const status = fieldsOf(object);
  return toError(call, typeof status['code'] === 'number' ? status['code'] : 500, status, undefined);
}

function toError(call: Call, http: number, status: Status, waitMs: number | undefined): KubeError {
  const reason = safeReason(status['reason']);
  const details = fieldsOf(status['details']);
  const seconds = details['retryAfterSeconds'];
  const { text, causes } = redactStatus(call, status);
  const code = codeOf(http, reason, status);
  const hint = HINTS[code];
  const problem = plainProblem(call, code, status) ?? (text === '' ? withheldProblem(http, reason) : text);
  return new KubeError(code, `cannot ${call.verb} ${describeSubject(call)}: ${problem}`, {
    status: http,
    reason,
    causes,
    retryAfterMs: waitMs ?? (typeof seconds === 'number' ? seconds * 1_000 : undefined),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Refusals that say all by their kind. */
function plainProblem(call: Call, code: KubeErrorCode, status: Status): string | undefined {
  if (code === 'KUBE_ALREADY_EXISTS') return 'it already exists';
  if (code === 'KUBE_UNAUTHORIZED') return 'the API server does not accept the credentials';
  if (code === 'KUBE_GONE') return 'the API server no longer knows that far back';
  if (code !== 'KUBE_NOT_FOUND') return undefined;
  const details = fieldsOf(status['details']);
  const { name, kind } = details;
  if (typeof name !== 'string' || name === '') return `the API server does not serve ${call.type?.plural ?? 'it'}`;
  if (kind === 'namespaces' && call.type?.kind !== 'Namespace')
    return `namespace ${JSON.stringify(name.slice(0, 253))} does not exist`;
  return 'it does not exist';
}

function withheldProblem(http: number, reason: string): string {
  return `the API server refused it with HTTP ${http}${reason === '' ? '' : ` (${reason})`}`;
}

function readStatus(answer: HttpAnswer): Status {
  try {
    const value = parseJson(answer.body.toString('utf8'));
    return fieldsOf(value);
  } catch {
    return {};
  }
}

const CODES: Readonly<Record<number, KubeErrorCode>> = {
  400: 'KUBE_INVALID',
  401: 'KUBE_UNAUTHORIZED',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  405: 'KUBE_INVALID',
  409: 'KUBE_CONFLICT',
  410: 'KUBE_GONE',
  413: 'KUBE_INVALID',
  415: 'KUBE_INVALID',
  422: 'KUBE_INVALID',
  429: 'KUBE_TOO_MANY_REQUESTS',
  504: 'KUBE_TIMEOUT',
};

const HINTS: { readonly [Code in KubeErrorCode]?: string } = {
  KUBE_UNAUTHORIZED: 'log in again, or check the credentials of the kubeconfig',
};

/** Server-side apply answers 500 to an object that its schema refuses, which no later try can mend. */
const REFUSED_BY_SCHEMA =
  /^failed to (?:create typed patch object|convert new object)|request is too large|cannot be handled as/;

function codeOf(http: number, reason: string, status: Status): KubeErrorCode {
  const message = textOf(status['message']);
  if (isDenial(message)) return 'KUBE_FORBIDDEN';
  if (reason === 'AlreadyExists') return 'KUBE_ALREADY_EXISTS';
  if (reason === 'Expired' || reason === 'Gone') return 'KUBE_GONE';
  if (http === 500 && REFUSED_BY_SCHEMA.test(message)) return 'KUBE_INVALID';
  return CODES[http] ?? (http >= 500 ? 'KUBE_SERVER_ERROR' : 'KUBE_BAD_RESPONSE');
}
