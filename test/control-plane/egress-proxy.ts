/**
 * @module The way of the API server into its cluster network: a CONNECT proxy on a Unix socket that takes every
 * address for this machine's loopback. So the service proxy and webhooks reach local processes.
 */
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Listens on `socketPath` and connects each caller to the port that it names, on loopback, whatever the address. */
export async function listenForEgress(socketPath: string): Promise<Server> {
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request, caller: Socket, head) => {
    const port = Number(/:(\d{1,5})$/.exec(request.url ?? '')?.[1]);
    if (!(port > 0 && port < 65_536)) return void caller.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    joinSockets(caller, connect(port, LOOPBACK), head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return server;
}

function joinSockets(caller: Socket, target: Socket, head: Buffer): void {
  let connected = false;
  target.once('connect', () => {
    connected = true;
    caller.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    if (head.length > 0) target.write(head);
    caller.pipe(target).pipe(caller);
  });
  target.once('error', () => {
    if (connected) caller.destroy();
    else caller.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  // `end`, not `destroy`: what the target said last may still be on its way to the caller.
  target.once('close', () => caller.end());
  caller.once('error', () => target.destroy());
  caller.once('close', () => target.destroy());
}
