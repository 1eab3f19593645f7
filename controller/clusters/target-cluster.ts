/** @module Where the objects of GitSyncs live: one cluster as one identity, with a live view that nobody else shares. */
import type { KubeRawRequest, KubeRawResponse } from '../../shared/kube/client.ts';
import type { SyncClient } from './sync-client.ts';
import type { WatchHub } from './watch-hub.ts';

/** A client of which the end belongs to the pool. */
export interface TargetClient extends SyncClient {
  raw(request: KubeRawRequest): Promise<KubeRawResponse>;
  requestCount(): number;
  close(): void;
}

/** One cluster as one identity. Everything that is done about a GitSync's objects goes through one of these. */
export interface TargetCluster {
  /** Address of the API server; empty for the cluster that the controller runs in. */
  readonly address: string;
  /** For messages, such as `https://… as system:serviceaccount:shop:deployer`. */
  readonly description: string;
  /** The controller's own cluster with the controller's own rights. */
  readonly isOwn: boolean;
  readonly client: SyncClient;
  readonly hub: WatchHub;
  /** Resolves when the cluster answers. @throws RefusedError `ClusterUnreachable` or `KubeConfigInvalid`; the signal's reason */
  assertReachable(signal: AbortSignal): Promise<void>;
}

/** How a target is opened. */
export type TargetPlace = Omit<TargetCluster, 'hub'>;
