/** @module What a sync of given files would do to the cluster, found out with the rights of the user. */
import { SecretBytes } from '../../shared/errors/secret-bytes.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import type { KeyList } from '../../shared/resources/key-list.ts';
import { DEFAULT_SIGNET_NAMESPACE } from '../../shared/resources/names.ts';
import { previewSync, type SyncPreview } from '../../shared/sync/preview-sync.ts';
import { createValueDigest } from '../../shared/sync/value-digest.ts';
import type { FileTree } from '../../shared/sync-plan/file-tree.ts';
import type { BuildKustomization } from '../../shared/sync-plan/render-revision.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';
import type { ControllerChoice } from './controller-places.ts';
import { readEntries } from './git-syncs.ts';
import { findKeyList } from './key-lists.ts';
import { withTarget } from './target-client.ts';

/** What else there is to say of the files. */
export interface PreviewTreeOptions {
  /** For objects that name none, where no GitSync says it; default: the context's. */
  readonly namespace?: string;
  /** Full id of the commit whose files they are; absent for files that are none. */
  readonly commit?: string;
  /** Where the controller runs whose keys SealedSecrets are compared with; default: it is looked for. */
  readonly controller?: ControllerChoice;
  /** Builds kustomizations; absent: they are refused. */
  readonly build?: BuildKustomization;
}

/**
 * The preview of `tree` as the files of `gitSync`, or as nobody's, with `namespace` for objects that name none. Digests of Secret values are
 * of no use beyond it. @throws KubeError, and as {@link previewSync}
 */
export async function previewTree(
  cluster: Cluster,
  gitSync: GitSync | null,
  tree: FileTree,
  { namespace = cluster.namespace, commit, build, controller = {} }: PreviewTreeOptions = {},
): Promise<SyncPreview> {
  const entries = gitSync === null ? [] : await readEntries(cluster, gitSync);
  // The usual place; of a controller that runs elsewhere, it shows as pruned what that controller will keep.
  const controllerNamespace = DEFAULT_SIGNET_NAMESPACE;
  const digest = createValueDigest(new SecretBytes(crypto.getRandomValues(new Uint8Array(32))));
  const askKeyList = () => findKeysQuietly(cluster, controller);
  const what = {
    gitSync,
    namespace,
    tree,
    entries,
    controllerNamespace,
    askKeyList,
    ...(commit !== undefined && { commit }),
  };
  return withTarget(cluster, gitSync, (target) =>
    previewSync(
      { client: cluster.client, ...(target !== null && { target }), digest, ...(build !== undefined && { build }) },
      what,
    ),
  );
}

/** A plan is made without keys, too: where there is no controller, or more than one. */
async function findKeysQuietly(cluster: Cluster, controller: ControllerChoice): Promise<KeyList | null> {
  try {
    return (await findKeyList(cluster, controller))?.list ?? null;
  } catch (error) {
    if (error instanceof CliError || isKubeError(error)) return null;
    throw error;
  }
}
