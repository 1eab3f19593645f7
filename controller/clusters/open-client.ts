/** @module The one place where clients for the objects of GitSyncs are made, so that no call can miss the identity that it is for. */
import { createKubeClient, type KubeClientOptions } from '../../shared/kube/connect.ts';
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { actingAs, type ServiceAccountReference } from '../../shared/kube/service-account.ts';
import type { TargetClient } from './target-cluster.ts';

/** Opens clients of clusters, each as one identity. */
export interface ClientFactory {
  /**
   * A client of `connection`, or with null of the controller's own cluster, as `account`, or with null as the connection's own
   * identity. @throws AccountError, before anything is opened
   */
  open(connection: ClusterConnection | null, account: ServiceAccountReference | null): TargetClient;
  /** Requests of all clients since the start, closed ones included. */
  requestCount(): number;
}

/** Clients with `options`; `own` is how the controller reaches its own cluster. */
export function createClientFactory(own: ClusterConnection, options: KubeClientOptions): ClientFactory {
  const open = new Set<TargetClient>();
  let closedCount = 0;
  return {
    open: (connection, account) => {
      const base = connection ?? own;
      const client: TargetClient = createKubeClient(account === null ? base : actingAs(base, account), options);
      const close = client.close.bind(client);
      open.add(client);
      client.close = () => {
        if (open.delete(client)) closedCount += client.requestCount();
        close();
      };
      return client;
    },
    requestCount: () => [...open].reduce((sum, client) => sum + client.requestCount(), closedCount),
  };
}
