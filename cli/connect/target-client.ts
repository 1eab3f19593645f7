/** @module The cluster and identity that a GitSync writes with, opened with the rights of the user. */

import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import { inlineConnection } from '../../shared/kube/inline-kubeconfig.ts';
import { actingAs } from '../../shared/kube/service-account.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { readTargetKubeconfig } from '../../shared/sync/target-kubeconfig.ts';
import type { Cluster } from './cluster.ts';

/**
 * Runs `task` with a client for the objects of `gitSync`: of the cluster in its kubeconfig, which the user has to be allowed to read, as its
 * service account, which the user has to be allowed to impersonate. Null: the objects are in `cluster`, and the user's own rights count.
 * @throws KubeError, AccountError, and what `task` throws
 */
export async function withTarget<Result>(
  cluster: Cluster,
  gitSync: GitSync | null,
  task: (client: KubeClient | null) => Promise<Result>,
): Promise<Result> {
  const name = gitSync?.spec.serviceAccountName;
  const stored = gitSync === null ? null : await readTargetKubeconfig(cluster.client, gitSync);
  if (name === undefined && stored === null) return task(null);
  const connection = stored === null ? cluster.connection : await inlineConnection(stored.bytes, stored.where);
  const account = { namespace: gitSync?.metadata.namespace ?? '', name: name ?? '' };
  const client = createKubeClient(name === undefined ? connection : actingAs(connection, account));
  try {
    return await task(client);
  } finally {
    client.close();
  }
}
