/** @module Opens a port for an application, with limits on how long a caller may take, and closes it again. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An open port. */
export interface Listener {
  /** Where it listens: `127.0.0.1:8080`, `[::]:8080`. */
  readonly address: string;
  /** Takes no new connections, lets answers under way end for at most a second, and resolves when all is closed. */
  close(): Promise<void>;
}

/** How long a caller may take; 0: no limit. */
export interface ListenLimits {
  /** For a whole request to arrive; its headers have at most ten seconds of it. */
  readonly readTimeoutMs: number;
  /** From the end of a request's headers to the end of its answer. */
  readonly writeTimeoutMs: number;
}

const DEFAULT_LIMITS: ListenLimits = { readTimeoutMs: 15_000, writeTimeoutMs: 0 };
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5_000;
/** How late the two limits above may be noticed; by default that is half a minute. */
const CHECK_EVERY_MS = 1_000;
const MAX_CONNECTIONS = 1_024;
/** Connections that one address may hold, so that nobody keeps the probes of others out. */
const MAX_CONNECTIONS_OF_ADDRESS = 128;
const MAX_CLOSE_MS = 1_000;

/** Serves `app` on `address`. @throws the system's error, such as EADDRINUSE. */
export async function listen(
  app: RequestListener,
  address: { readonly host: string | undefined; readonly port: number },
  limits: ListenLimits = DEFAULT_LIMITS,
): Promise<Listener> {
  const { readTimeoutMs, writeTimeoutMs } = limits;
  const server = createServer(
    {
      headersTimeout: readTimeoutMs === 0 ? HEADERS_TIMEOUT_MS : Math.min(HEADERS_TIMEOUT_MS, readTimeoutMs),
      requestTimeout: readTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
      maxHeaderSize: 16_384,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;
  limitPerAddress(server);
  if (writeTimeoutMs > 0) limitAnswers(server, writeTimeoutMs);
  server.listen({ port: address.port, ...(address.host === undefined ? {} : { host: address.host }) });
  await once(server, 'listening');
  const bound = server.address() as AddressInfo;
  const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
  return {
    address: `${host}:${bound.port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), MAX_CLOSE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

function limitAnswers(server: Server, writeTimeoutMs: number): void {
  server.on('request', (_request: IncomingMessage, response: ServerResponse) => {
    const timer = setTimeout(() => response.destroy(), writeTimeoutMs);
    response.once('close', () => clearTimeout(timer));
  });
}

function limitPerAddress(server: Server): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > MAX_CONNECTIONS_OF_ADDRESS) socket.destroy();
  });
}
