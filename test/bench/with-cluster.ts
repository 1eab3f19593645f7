/** @module A cluster of its own for each measurement, so that none inherits another's objects. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KubeClient } from '../../shared/kube/client.ts';
import { type SignetCluster, startSignetCluster } from '../support/signet-cluster.ts';

/** For two seconds after a definition was established the API server holds up what is created of its kind; that is not what is measured. */
const SETTLING_MS = 2_500;

/** Runs `measure` on a new cluster as its administrator, and ends the cluster whatever came of it. */
export async function withCluster<T>(measure: (cluster: SignetCluster, client: KubeClient) => Promise<T>): Promise<T> {
  const cluster = await startSignetCluster();
  const { client } = cluster;
  try {
    await delay(SETTLING_MS);
    return await measure(cluster, client);
  } finally {
    await cluster.stop();
  }
}
