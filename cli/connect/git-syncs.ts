/** @module Reads and changes GitSync objects of the cluster. */

import { GIT_SYNCS, INVENTORIES } from '../../shared/kube/resource-type.ts';
import type { GitSync, Inventory, InventoryEntry } from '../../shared/resources/git-sync.ts';
import { CLI_FIELD_MANAGER } from '../../shared/resources/names.ts';
import { placeKey } from '../../shared/resources/object-meta.ts';
import { CliError } from '../terminal/errors.ts';
import type { Cluster } from './cluster.ts';

/** The GitSync. @throws CliError `CLI_OBJECT_NOT_FOUND`; KubeError */
export async function readGitSync(cluster: Cluster, namespace: string, name: string): Promise<GitSync> {
  const object = await cluster.client.get(GIT_SYNCS, { namespace, name });
  if (object !== null) return object as unknown as GitSync;
  throw new CliError(
    'CLI_OBJECT_NOT_FOUND',
    `cannot find GitSync "${namespace}/${name}" in the cluster ${cluster.description}`,
    {
      hint: 'name its namespace with -n; `signet sync status -A` lists them all',
    },
  );
}

/** The GitSync `name`, or all of the namespace, or of the cluster. @throws CliError `CLI_OBJECT_NOT_FOUND` for a name; KubeError */
export async function readGitSyncs(
  cluster: Cluster,
  name: string | undefined,
  options: { readonly namespace?: string | undefined; readonly allNamespaces?: boolean | undefined },
): Promise<readonly GitSync[]> {
  const namespace = options.namespace ?? cluster.namespace;
  if (name !== undefined) return [await readGitSync(cluster, namespace, name)];
  const { items } = await cluster.client.list(GIT_SYNCS, options.allNamespaces === true ? {} : { namespace });
  return items as unknown as readonly GitSync[];
}

/** What the GitSync owns by its stored Inventory; nothing before its first sync. @throws KubeError */
export async function readEntries(cluster: Cluster, { metadata }: GitSync): Promise<readonly InventoryEntry[]> {
  const { namespace, name = '' } = metadata;
  const inventory = (await cluster.client.get(INVENTORIES, { namespace, name })) as Inventory | null;
  return inventory?.spec.entries ?? [];
}

/** Changes fields of the specification; null takes one away. @throws KubeError */
export function patchSpec(
  cluster: Cluster,
  gitSync: GitSync,
  spec: Readonly<Record<string, unknown>>,
): Promise<GitSync> {
  return patch(cluster, gitSync, { spec });
}

/** Sets annotations, by which the controller is asked for something. @throws KubeError */
export function annotateGitSync(
  cluster: Cluster,
  gitSync: GitSync,
  annotations: Readonly<Record<string, string>>,
): Promise<GitSync> {
  return patch(cluster, gitSync, { metadata: { annotations } });
}

/** In the name of the person at the command line. */
async function patch(
  { client }: Cluster,
  { metadata: { namespace, name = '' } }: GitSync,
  change: Readonly<Record<string, unknown>>,
): Promise<GitSync> {
  const options = { fieldManager: CLI_FIELD_MANAGER };
  return (await client.mergePatch(GIT_SYNCS, { namespace, name }, change, options)) as unknown as GitSync;
}

/** `namespace/name` in quotes, for messages. */
export function nameOf({ metadata }: GitSync): string {
  return JSON.stringify(placeKey(metadata));
}
