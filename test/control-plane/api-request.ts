/** @module One JSON request to the API server as its administrator; the tests' own client stays out of the test machinery. */
import { Agent, request } from 'node:https';
import { ControlPlaneError } from './errors.ts';

/** How to reach an API server as somebody. */
export interface ApiAccess {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** PEM of what the server's certificate is checked against. */
  readonly caPem: string;
  /** Bearer token. */
  readonly adminToken: string;
}

/** An answer of the server, decoded when it is JSON. */
export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: objects of the server are read by tests, which know their shape
  readonly body: any;
}

const DEADLINE_MS = 30_000;

/** Sends `body` as JSON (merge patch for PATCH) and gives the answer whatever its status; throws when there is none. */
export async function askApi(access: ApiAccess, method: string, path: string, body?: object): Promise<ApiAnswer> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const agent = new Agent({ keepAlive: false });
  return await new Promise<ApiAnswer>((resolve, reject) => {
    const outgoing = request(
      new URL(path, access.server),
      {
        method,
        agent,
        ca: access.caPem,
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: {
          authorization: `Bearer ${access.adminToken}`,
          accept: 'application/json',
          'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.once('error', reject);
        incoming.once('end', () => {
          resolve({ status: incoming.statusCode ?? 0, body: decode(Buffer.concat(chunks).toString('utf8')) });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(payload);
  });
}

/** As askApi, but an answer outside of 2xx and of `allowed` is an error. */
export async function callApi(
  access: ApiAccess,
  call: {
    readonly method: string;
    readonly path: string;
    readonly body?: object;
    readonly allowed?: readonly number[];
  },
): Promise<ApiAnswer> {
  const answer = await askApi(access, call.method, call.path, call.body);
  if ((answer.status >= 200 && answer.status < 300) || call.allowed?.includes(answer.status)) return answer;
  throw new ControlPlaneError(
    'CONTROL_PLANE_REQUEST_REFUSED',
    `cannot ${call.method} ${call.path}: ${answer.status} ${answer.body?.message ?? ''}`.trimEnd(),
  );
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
