/** @module Opens a port for an application, with limits on how long a caller may take, and closes it again. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An open port. */
export interface Listener {
  /** Where it listens: `127.0.0.1:8080`, `[::]:8080`. */
  readonly address: string;
  /** Takes no new connections, lets answers under way end for at most a second, and resolves when all is closed. */
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 5_000;
const MAX_CONNECTIONS = 1_024;
const MAX_CLOSE_MS = 1_000;

/** Serves `app` on `address`. @throws the system's error, such as EADDRINUSE. */
export async function listen(
  app: RequestListener,
  address: { readonly host: string | undefined; readonly port: number },
): Promise<Listener> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: 16_384,
    },
    app,
  );
  server.maxConnections = MAX_CONNECTIONS;
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
