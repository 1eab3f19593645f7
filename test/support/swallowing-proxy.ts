/** @module A TCP proxy on loopback that can start to swallow every byte: connections open, and nobody ever answers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A running proxy. */
export interface SwallowingProxy {
  /** `https://127.0.0.1:PORT`, for kubeconfigs. */
  readonly server: string;
  /** From now on nothing gets through, in either direction and on open connections as well; or everything does again. */
  swallow(isSwallowing: boolean): void;
  stop(): Promise<void>;
}

/** Forwards to `target`, the address of an API server; with null there is nobody behind it, ever. */
export async function startSwallowingProxy(target: string | null): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>();
  let isSwallowing = target === null;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const forward = (from: Socket, to: Socket | null): void => {
    from.on('data', (chunk) => {
      if (!isSwallowing) to?.write(chunk);
    });
    from.on('close', () => to?.destroy());
  };
  const server = createServer((near) => {
    keep(near);
    const far = target === null ? null : connect(Number(new URL(target).port), '127.0.0.1');
    if (far !== null) keep(far);
    forward(near, far);
    if (far !== null) forward(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    server: `https://127.0.0.1:${port}`,
    swallow: (swallowing) => {
      isSwallowing = swallowing;
      // What was swallowed is missing in the streams: they are of no use any more.
      if (!swallowing) for (const socket of sockets) socket.destroy();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
