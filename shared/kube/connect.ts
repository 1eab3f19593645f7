/** @module Puts a {@link KubeClient} together. */
import type { KubeClient } from './client.ts';
import type { ClusterConnection } from './connection.ts';
import { Discovery } from './discovery.ts';
import { HttpKubeClient } from './http-client.ts';
import { Sender } from './sender.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { DEFAULT_WATCH_TIMING, type WatchTiming, watchObjects } from './watch.ts';

/** Every field has a default. */
export interface KubeClientOptions extends TransportOptions {
  /** Receives the server's warnings, such as of deprecated versions; without values. */
  readonly onWarning?: (text: string) => void;
  readonly watchTiming?: Partial<WatchTiming>;
}

/** A client of the cluster behind `connection`. It opens no connection before the first call. */
export function createKubeClient(connection: ClusterConnection, options: KubeClientOptions = {}): KubeClient {
  const { now = Date.now, random = Math.random, onWarning, watchTiming, ...transportOptions } = options;
  const transport = new Transport(connection, { ...transportOptions, now, random });
  const sender = new Sender(transport, { now, onWarning });
  const watching = { sender, random, now, timing: { ...DEFAULT_WATCH_TIMING, ...watchTiming } };
  return new HttpKubeClient({
    sender,
    discovery: new Discovery(sender, now),
    startWatch: (type, listOptions, handler) => watchObjects(watching, type, listOptions, handler),
  });
}
