/** @module An HTTP proxy on loopback before an API server. A test sees each request, and decides what becomes of it and of its answer. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request as forwardTo } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { listenLocally } from './listen-locally.ts';

/** A request on its way to the API server. */
export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly isWatch: boolean;
  /** It changes something, and is no dry run. */
  readonly isWrite: boolean;
}

/**
 * What becomes of a request. `pass`: the server gets it, in place of its own path under another one if that is said, and each part of the answer
 * waits for `gate`. `cut`: the server never sees it, and the connection breaks. `answer`: the proxy answers itself. `swallow-answer`: the server answers in full,
 * then `done` runs, and the connection breaks.
 */
export type Fate =
  | { readonly kind: 'pass'; readonly path?: string; readonly gate?: () => Promise<void> }
  | { readonly kind: 'cut' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'swallow-answer'; readonly done: () => Promise<void> };

/** Decides on one request. */
export type Decide = (request: ProxiedRequest) => Fate | Promise<Fate>;

/** A running proxy. */
export interface ApiProxy {
  /** Path of a copy of the kubeconfig that leads here. */
  readonly kubeconfig: string;
  /** Decides from now on; null: everything passes. */
  decide(rule: Decide | null): void;
  /** Breaks the connections of all watches. */
  cutWatches(): void;
  stop(): Promise<void>;
}

const PASS: Fate = { kind: 'pass' };

/** Starts a proxy before the API server of `kubeconfig`, a file of JSON with one cluster. Who comes through it is who the file says. */
export async function startApiProxy(kubeconfig: string): Promise<ApiProxy> {
  const content = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const [{ cluster }] = content.clusters;
  const target: string = cluster.server;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  const agent = new Agent({ ca, keepAlive: true });
  const watches = new Set<ServerResponse>();
  let rule: Decide | null = null;
  const server = createServer((incoming, outgoing) => {
    const request = describeRequest(incoming);
    if (request.isWatch) watches.add(outgoing);
    outgoing.on('close', () => watches.delete(outgoing));
    handle({ incoming, outgoing, agent, target }, async () => (await rule?.(request)) ?? PASS).catch(() =>
      outgoing.destroy(),
    );
  });
  const port = await listenLocally(server);
  content.clusters[0].cluster = { server: `http://127.0.0.1:${port}` };
  const proxied = `${kubeconfig}.proxied-${port}`;
  await writeFile(proxied, JSON.stringify(content), { mode: 0o600 });
  return {
    kubeconfig: proxied,
    decide: (next) => {
      rule = next;
    },
    cutWatches: () => {
      for (const watch of watches) watch.destroy();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      agent.destroy();
    },
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly agent: Agent;
  readonly target: string;
}

async function handle(exchange: Exchange, decide: () => Promise<Fate>): Promise<void> {
  const { incoming, outgoing } = exchange;
  const body = await buffer(incoming);
  const fate = await decide();
  if (outgoing.destroyed) return;
  switch (fate.kind) {
    case 'cut':
      outgoing.destroy();
      return;
    case 'answer':
      outgoing.writeHead(fate.status, { 'content-type': 'application/json', ...fate.headers }).end(fate.body ?? '');
      return;
    case 'swallow-answer':
      await buffer(await forward(exchange, body, incoming.url));
      await fate.done();
      outgoing.destroy();
      return;
    case 'pass':
      await relay(await forward(exchange, body, fate.path ?? incoming.url), outgoing, fate.gate);
  }
}

async function forward(
  { incoming, outgoing, agent, target }: Exchange,
  body: Buffer,
  path = '/',
): Promise<IncomingMessage> {
  const { host: _, connection: __, ...headers } = incoming.headers;
  const request = forwardTo(`${target}${path}`, { agent, method: incoming.method ?? 'GET', headers });
  outgoing.on('close', () => request.destroy());
  request.on('error', () => outgoing.destroy());
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return answer;
}

async function relay(answer: IncomingMessage, outgoing: ServerResponse, gate?: () => Promise<void>): Promise<void> {
  await gate?.();
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  outgoing.flushHeaders();
  for await (const chunk of answer) {
    await gate?.();
    outgoing.write(chunk);
  }
  outgoing.end();
}

function describeRequest({ method = 'GET', url = '/' }: IncomingMessage): ProxiedRequest {
  const query = new URL(url, 'http://localhost').searchParams;
  return {
    method,
    path: url,
    isWatch: method === 'GET' && query.get('watch') === 'true',
    isWrite: method !== 'GET' && !query.has('dryRun'),
  };
}
