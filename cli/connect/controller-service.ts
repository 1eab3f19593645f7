/**
 * @module A controller's HTTP answers through the API server's service proxy: its certificate, whether a SealedSecret opens, and
 * a SealedSecret encrypted anew. Either controller answers. What the answers are used for is left to the verbs.
 */
import { decodeUtf8 } from '../../shared/encoding/bytes.ts';
import { parseJson, stringifyJson } from '../../shared/encoding/json.ts';
import type { KubeRawResponse } from '../../shared/kube/client.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { SERVICES } from '../../shared/kube/resource-type.ts';
import { servicePath } from '../../shared/kube/service-proxy.ts';
import type { Cluster } from './cluster.ts';

/** Where the Service of a controller is. */
export interface ControllerPlace {
  readonly namespace: string;
  readonly name: string;
}

/** A Service that can be asked. */
export interface ControllerService extends ControllerPlace {
  /** Name of its port; may be empty. */
  readonly port: string;
}

/**
 * What is known of a Service: the name of its first port, which may be empty, or that there is none. Who may not read Services gets the
 * empty name, which the proxy takes for a Service's only port, and does not know whether there is one.
 */
export type ServicePort =
  | { readonly kind: 'found' | 'unreadable'; readonly name: string }
  | { readonly kind: 'absent' };

/** What `/v1/verify` says. */
export type VerifyAnswer =
  | { readonly kind: 'opens' }
  /** The controller does not open it. */
  | { readonly kind: 'refused' }
  /** It is more than the controller takes at once; `reason` is for messages. */
  | { readonly kind: 'too-large'; readonly reason: string }
  /**
   * It could not be asked, or answered otherwise; `reason` is for messages. With `retryAfterMs` it did not look at the object, and
   * wants to be left alone for so long.
   */
  | { readonly kind: 'failed'; readonly reason: string; readonly retryAfterMs?: number };

/** What `/v1/rotate` says. `object` is what the controller sent, of any form. */
export type RotateAnswer =
  | { readonly kind: 'rotated'; readonly object: unknown }
  | Exclude<VerifyAnswer, { kind: 'opens' }>;

/** What `/v1/cert.pem` says. */
export type CertificateAnswer =
  | { readonly kind: 'found'; readonly pem: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Signet's controller answers no longer question. */
export const MAX_QUESTION_BYTES = 1024 * 1024;

const MAX_PEM_BYTES = 1024 * 1024;
/** Many times what the API server stores as one object. */
const MAX_OBJECT_BYTES = 8 * 1024 * 1024;
const MAX_REASON_BYTES = 64 * 1024;
const CONFLICT = 409;
const CONTENT_TOO_LARGE = 413;
const DEFAULT_RETRY_MS = 1_000;

/** The port of the Service at `place`. @throws KubeError */
export async function findServicePort(cluster: Cluster, place: ControllerPlace): Promise<ServicePort> {
  try {
    const object = await cluster.client.get(SERVICES, place);
    if (object === null) return { kind: 'absent' };
    const spec = object['spec'] as { readonly ports?: readonly { readonly name?: string }[] } | undefined;
    return { kind: 'found', name: spec?.ports?.[0]?.name ?? '' };
  } catch (error) {
    if (!isKubeError(error, 'KUBE_FORBIDDEN')) throw error;
    return { kind: 'unreadable', name: '' };
  }
}

/** The certificates that the controller behind a Service hands out, PEM as it came. @throws KubeError */
export async function readServiceCertificate(
  cluster: Cluster,
  { namespace, name, port }: ControllerService,
): Promise<CertificateAnswer> {
  const answer = await cluster.client.raw({
    method: 'GET',
    path: servicePath(namespace, name, port, '/v1/cert.pem'),
    headers: { accept: 'application/x-pem-file, */*' },
    maxBytes: MAX_PEM_BYTES,
  });
  if (answer.status === 200) {
    const pem = decodeUtf8(answer.body);
    return pem === null ? { kind: 'failed', reason: 'the answer is no text' } : { kind: 'found', pem };
  }
  if (answer.status === 403) return { kind: 'failed', reason: 'you may not reach it through the service proxy' };
  return { kind: 'failed', reason: `its /v1/cert.pem answers HTTP ${answer.status}` };
}

/**
 * Asks the controller behind `service` whether it opens `sealed`, a SealedSecret as JSON. The Secret does not come back.
 * @throws KubeError
 */
export async function verifySealedSecret(
  cluster: Cluster,
  service: ControllerService,
  sealed: unknown,
): Promise<VerifyAnswer> {
  const { status, headers } = await post(cluster, service, { path: '/v1/verify', sealed, maxBytes: MAX_REASON_BYTES });
  return status === 200 ? { kind: 'opens' } : refusalOf(status, headers);
}

/**
 * Has the controller behind `service` encrypt `sealed`, a SealedSecret as JSON, to its newest key.
 * @throws KubeError
 */
export async function rotateSealedSecret(
  cluster: Cluster,
  service: ControllerService,
  sealed: unknown,
): Promise<RotateAnswer> {
  const { status, headers, body } = await post(cluster, service, {
    path: '/v1/rotate',
    sealed,
    maxBytes: MAX_OBJECT_BYTES,
  });
  if (status !== 200) return refusalOf(status, headers);
  const text = decodeUtf8(body);
  try {
    return { kind: 'rotated', object: text === null ? null : parseJson(text) };
  } catch {
    return { kind: 'failed', reason: 'the answer is no JSON' };
  }
}

interface Question {
  readonly path: string;
  readonly sealed: unknown;
  readonly maxBytes: number;
}

function post(
  { client }: Cluster,
  { namespace, name, port }: ControllerService,
  { path, sealed, maxBytes }: Question,
): Promise<KubeRawResponse> {
  return client.raw({
    method: 'POST',
    path: servicePath(namespace, name, port, path),
    headers: { accept: 'application/json, */*', 'content-type': 'application/json' },
    body: questionText(sealed),
    maxBytes,
  });
}

/** `sealed` as it is sent. */
export function questionText(sealed: unknown): string {
  return stringifyJson(sealed);
}

/** The body is left out of the reason: a controller of another make may put a part of the Secret into it. */
function refusalOf(status: number, headers: KubeRawResponse['headers']): Exclude<VerifyAnswer, { kind: 'opens' }> {
  if (status === CONFLICT) return { kind: 'refused' };
  if (status === CONTENT_TOO_LARGE) {
    return { kind: 'too-large', reason: 'the controller answers HTTP 413: it takes 1 MiB at once' };
  }
  if (status === 403) return { kind: 'failed', reason: 'you may not reach the controller through the service proxy' };
  const seconds = /^\d{1,5}$/.exec(String(headers['retry-after'] ?? ''))?.[0];
  // No wait at all would have the same asked again without an end.
  const retryAfterMs = seconds === undefined ? undefined : Math.max(DEFAULT_RETRY_MS, Number(seconds) * 1_000);
  if (status === 429) {
    const reason = 'the controller answers HTTP 429: it is asked too often';
    return { kind: 'failed', reason, retryAfterMs: retryAfterMs ?? DEFAULT_RETRY_MS };
  }
  const reason = `the controller answers HTTP ${status}`;
  return status === 503 && retryAfterMs !== undefined
    ? { kind: 'failed', reason, retryAfterMs }
    : { kind: 'failed', reason };
}
