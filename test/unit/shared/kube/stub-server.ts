/** @module An HTTP server that answers as a test tells it, for faults that a real API server does not show on demand. */
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ClusterConnection } from '../../../../shared/kube/connection.ts';
import { listenLocally } from '../../../support/listen-locally.ts';
import { STUB_CA_PEM, STUB_SERVER_CERT_PEM, STUB_SERVER_KEY_PEM } from './stub-certificates.ts';

/** One request as it arrived. */
export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly socket: Socket;
}

/** Answers one request; `count` is its number, from 1. */
export type StubAnswer = (request: StubRequest, response: ServerResponse, count: number) => void;

/** A running stub; it ends with the test. */
export interface StubServer {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly StubRequest[];
  /** Connections accepted so far. */
  connections(): number;
}

/** How the stub listens. */
export interface StubOptions {
  readonly tls?: boolean;
  /** Ask for a client certificate and accept only those of the stub's authority. */
  readonly askForCertificate?: boolean;
}

/** Starts a stub on a free port of 127.0.0.1. */
export async function startStub(answer: StubAnswer, options: StubOptions = {}): Promise<StubServer> {
  const requests: StubRequest[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const listener: RequestListener = (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://stub');
      const { method = '', headers, socket } = incoming;
      const body = Buffer.concat(chunks).toString('utf8');
      const request = { method, path: pathname, query: searchParams, headers, body, socket };
      requests.push(request);
      answer(request, response, requests.length);
    });
  };
  const tls = { cert: STUB_SERVER_CERT_PEM, key: STUB_SERVER_KEY_PEM, ca: STUB_CA_PEM };
  const requestCert = options.askForCertificate === true;
  const server = options.tls ? createHttpsServer({ ...tls, requestCert }, listener) : createHttpServer(listener);
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  const port = await listenLocally(server);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => accepted,
  };
}

/** A connection to `url` as nobody in particular. */
export function stubConnection(url: string, more: Partial<ClusterConnection> = {}): ClusterConnection {
  return {
    server: url,
    caPem: STUB_CA_PEM,
    namespace: 'default',
    credentials: () => Promise.resolve({ headers: {} }),
    describe: () => `${url} (context "stub" of /somewhere/config)`,
    ...more,
  };
}

/** Ends `response` with JSON. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** Ends `response` with a Status of failure. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  more: { message?: string; details?: unknown; headers?: Record<string, string> } = {},
): void {
  const { headers, ...rest } = more;
  sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, ...rest }, code, headers);
}
