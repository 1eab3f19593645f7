/** @module A cluster of its own for each measurement, so that none inherits another's objects. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

/** Runs `measure` on a new cluster as its administrator, and ends the cluster whatever came of it. */
export async function withCluster<T>(measure: (cluster: SignetCluster, client: KubeClient) => Promise<T>): Promise<T> {
  const cluster = await startSignetCluster();
  const client = createKubeClient(await loadKubeconfig({ path: cluster.controlPlane.kubeconfigPath, env: {} }));
  try {
    return await measure(cluster, client);
  } finally {
    client.close();
    await cluster.stop();
  }
}
