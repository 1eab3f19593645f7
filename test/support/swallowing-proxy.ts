/** @module A TCP proxy on loopback that can start to swallow every byte: connections stay open, and nobody ever answers. */
import { connect, createServer, type Socket } from 'node:net';
import { listenLocally } from './listen-locally.ts';

/** A running proxy. */
export interface SwallowingProxy {
  /** `https://127.0.0.1:PORT`, for kubeconfigs. */
  readonly server: string;
  /**
   * From now on nothing gets through, in either direction and on open connections as well; or everything does again, but not on connections from
   * before: what was swallowed is missing in them. They stay open, and silent.
   */
  swallow(isSwallowing: boolean): void;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

/** Forwards to `target`, the address of an API server; with null there is nobody behind it, ever. */
export async function startSwallowingProxy(target: string | null): Promise<SwallowingProxy> {
  const sockets = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  let isSwallowing = target === null;
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    if (isSwallowing) silenced.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  const forward = (from: Socket, to: Socket | null): void => {
    from.on('data', (chunk) => {
      if (!silenced.has(from)) to?.write(chunk);
    });
    // An end is not forwarded either: packets that are swallowed carry no FIN.
    from.on('close', () => {
      if (!silenced.has(from)) to?.destroy();
    });
  };
  const server = createServer((near) => {
    keep(near);
    const far = target === null ? null : connect(Number(new URL(target).port), '127.0.0.1');
    if (far !== null) keep(far);
    forward(near, far);
    if (far !== null) forward(far, near);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const port = await listenLocally(server);
  return {
    server: `https://127.0.0.1:${port}`,
    swallow: (swallowing) => {
      isSwallowing = swallowing;
      if (swallowing) for (const socket of sockets) silenced.add(socket);
    },
    cut,
    stop: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
