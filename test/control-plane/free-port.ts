/** @module Ports that nobody listens on. */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** A loopback TCP port that was free a moment ago; whoever uses it copes with somebody else being faster. */
export async function findFreePort(): Promise<number> {
  const server = await listenAnywhere();
  return closePort(server);
}

/** Two such ports, never the same one twice. */
export async function findTwoFreePorts(): Promise<readonly [number, number]> {
  const [first, second] = [await listenAnywhere(), await listenAnywhere()];
  return [await closePort(first), await closePort(second)];
}

/** Below those that systems give to outgoing connections: any of these may take one that was free a moment ago. */
const FIRST_PORT = 20_000;
const PORT_COUNT = 10_000;
const ATTEMPTS = 100;

async function listenAnywhere(): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listenOn(FIRST_PORT + randomInt(PORT_COUNT));
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/** Resolves to the port that `server` had. */
async function closePort(server: Server): Promise<number> {
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
