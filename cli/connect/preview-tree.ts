/** @module What a sync of given files would do to the cluster, found out with the rights of the user. */
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { DEFAULT_SIGNET_NAMESPACE } from '../../shared/resources/names.ts';
import { previewSync, type SyncPreview } from '../../shared/sync/preview-sync.ts';
import { createValueDigest } from '../../shared/sync/value-digest.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import type { Cluster } from './cluster.ts';
import { readEntries } from './git-syncs.ts';

/**
 * The preview of `tree` as the files of `gitSync`, or as nobody's, with `namespace` for objects that name none. Digests of Secret values are
 * of no use beyond it. @throws KubeError
 */
export async function previewTree(
  cluster: Cluster,
  gitSync: GitSync | null,
  tree: FileTree,
  namespace: string = cluster.namespace,
): Promise<SyncPreview> {
  const entries = gitSync === null ? [] : await readEntries(cluster, gitSync);
  // The usual place; of a controller that runs elsewhere, it shows as pruned what that controller will keep.
  const controllerNamespace = DEFAULT_SIGNET_NAMESPACE;
  const digest = createValueDigest(new SecretBytes(crypto.getRandomValues(new Uint8Array(32))));
  return previewSync({ client: cluster.client, digest }, { gitSync, namespace, tree, entries, controllerNamespace });
}
