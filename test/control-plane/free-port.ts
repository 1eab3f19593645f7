/** @module Ports that nobody listens on. */
import { createServer } from 'node:net';

/** A loopback TCP port that was free a moment ago; whoever uses it copes with somebody else being faster. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
