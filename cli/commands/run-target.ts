/** @module Which GitSync a run is for: one of the cluster, one in a file, or just a name for a folder. */
import { fieldsOf } from '../../shared/encoding/value-kind.ts';
import { GIT_SYNCS } from '../../shared/kube/resource-type.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { GIT_SYNC_KIND, SIGNET_API_VERSION } from '../../shared/resources/names.ts';
import { groupOf } from '../../shared/resources/object-meta.ts';
import type { Cluster } from '../connect/cluster.ts';
import { nameOf, readGitSync } from '../connect/git-syncs.ts';
import { readManifests } from '../manifests/manifest-files.ts';
import { objectsOf } from '../manifests/manifest-objects.ts';
import { CliError, throwIfAny, usageError } from '../terminal/errors.ts';
import type { Session } from '../terminal/session.ts';

/** How a GitSync is named. */
export interface RunTargetChoice {
  /** A GitSync of the cluster. */
  readonly argument?: string | undefined;
  /** A file that holds one. */
  readonly filename?: string;
  /** A name for a folder that has no GitSync. */
  readonly name?: string;
  readonly namespace?: string;
  /** Whether what left the folder is pruned; only beside `name`. */
  readonly prune?: boolean;
}

/** Returns when just one GitSync is named. @throws CliError `CLI_USAGE` */
export function assertOneTarget({ argument, filename, name }: RunTargetChoice): void {
  if ([argument, filename, name].filter((given) => given !== undefined).length === 1) return;
  throw usageError('name one GitSync', 'by its name, by -f FILE, or by --dir DIR --name NAME');
}

/**
 * The GitSync, with its namespace. One in a file or made up here has the annotations of the one of its name in the cluster, if there is any.
 * @throws CliError `CLI_OBJECT_NOT_FOUND`, `CLI_NAMESPACE_MISMATCH`, `CLI_OBJECT_INVALID`, also while a controller looks after it; SeveralErrors of the
 * file; KubeError
 */
export async function findRunTarget(session: Session, cluster: Cluster, choice: RunTargetChoice): Promise<GitSync> {
  const wanted = await readTarget(session, cluster, choice);
  const { namespace, name = '' } = wanted.metadata;
  const live = (await cluster.client.get(GIT_SYNCS, { namespace, name })) as GitSync | null;
  if (live !== null) assertUnattended(live);
  if (wanted.spec.kubeConfig !== undefined) {
    const message = `cannot run GitSync ${nameOf(wanted)}: spec.kubeConfig names another cluster`;
    throw new CliError('CLI_OBJECT_INVALID', message, {
      hint: 'run it against that cluster, with --kubeconfig and a file without spec.kubeConfig',
    });
  }
  return { ...wanted, metadata: { ...live?.metadata, ...wanted.metadata } };
}

async function readTarget(session: Session, cluster: Cluster, choice: RunTargetChoice): Promise<GitSync> {
  const { argument, filename, name } = choice;
  const namespace = choice.namespace ?? cluster.namespace;
  if (argument !== undefined) return readGitSync(cluster, namespace, argument);
  if (filename !== undefined) return readFromFile(session, filename, choice.namespace, cluster.namespace);
  return {
    apiVersion: SIGNET_API_VERSION,
    kind: GIT_SYNC_KIND,
    metadata: { namespace, name: name ?? '' },
    spec: { source: { url: '' }, prune: choice.prune === true },
  } as GitSync;
}

async function readFromFile(
  session: Session,
  filename: string,
  asked: string | undefined,
  fallback: string,
): Promise<GitSync> {
  const { files, errors } = await readManifests(session, [filename], GIT_SYNC_KIND);
  throwIfAny(errors, 'nothing was run');
  const found = files.flatMap(objectsOf).map(({ value }) => value as GitSync);
  const gitSyncs = found.filter((value) => isGitSync(value));
  const [gitSync] = gitSyncs;
  if (gitSync === undefined || gitSyncs.length > 1) {
    const message = `"${filename}" holds ${gitSyncs.length} GitSyncs, and one is run at a time`;
    throw new CliError('CLI_OBJECT_INVALID', message);
  }
  const { metadata } = gitSync;
  if (asked !== undefined && metadata.namespace !== undefined && metadata.namespace !== asked) {
    const message = `the GitSync of "${filename}" is in namespace "${metadata.namespace}", not in "${asked}"`;
    throw new CliError('CLI_NAMESPACE_MISMATCH', message);
  }
  return { ...gitSync, metadata: { ...metadata, namespace: metadata.namespace ?? asked ?? fallback } };
}

/** As much as everything that reads it takes for granted; the rest is as the API server would have it. */
function isGitSync(value: unknown): boolean {
  const { apiVersion, kind, metadata, spec } = fieldsOf(value);
  const isOurs = typeof apiVersion === 'string' && groupOf(apiVersion) === groupOf(SIGNET_API_VERSION);
  const hasUrl = typeof fieldsOf(fieldsOf(spec)['source'])['url'] === 'string';
  return isOurs && kind === GIT_SYNC_KIND && typeof fieldsOf(metadata)['name'] === 'string' && hasUrl;
}

/** Two that apply the same objects at once would undo each other's work, and write one inventory. */
function assertUnattended(live: GitSync): void {
  const wasSeen = (live.status?.observedGeneration ?? -1) >= 0;
  if (!wasSeen || live.spec.suspend === true) return;
  const { namespace = '', name = '' } = live.metadata;
  throw new CliError('CLI_OBJECT_INVALID', `cannot run GitSync ${nameOf(live)}: a controller looks after it`, {
    hint: `\`signet sync reconcile ${name} -n ${namespace}\` has it synced now; \`signet sync pause ${name} -n ${namespace}\` comes before a run, also where the controller is gone`,
  });
}
