/** @module Reads GitSync objects of the cluster. */
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
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
