/** @module Which cluster a GitSync writes to, and as whom. What is not clear is refused, never replaced by the controller's own rights. */
import { hash } from 'node:crypto';
import { describeError } from '../../shared/errors/describe-error.ts';
import type { KubeReader } from '../../shared/kube/client.ts';
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { inlineConnection } from '../../shared/kube/inline-kubeconfig.ts';
import { SERVICE_ACCOUNTS } from '../../shared/kube/resource-type.ts';
import { AccountError, accountUser, type ServiceAccountReference } from '../../shared/kube/service-account.ts';
import type { GitSync } from '../../shared/resources/git-sync.ts';
import { readTargetKubeconfig } from '../../shared/sync/target-kubeconfig.ts';
import { RefusedError, withHint } from '../git-syncs/sync-refusal.ts';

/** What choosing takes. */
export interface ChooseClusterOptions {
  /** The controller's own. */
  readonly client: Pick<KubeReader, 'get'>;
  /** Acts for GitSyncs that name nobody, each in its own namespace; undefined: those have the controller's own rights. */
  readonly defaultServiceAccount?: string | undefined;
  readonly now: () => Date;
}

/** A cluster and an identity. Equal keys are equal choices. */
export interface ClusterChoice {
  readonly key: string;
  /** Null: the cluster that the controller runs in. */
  readonly connection: ClusterConnection | null;
  /** Null: the identity of the connection itself. */
  readonly account: ServiceAccountReference | null;
}

/** What `gitSync` asks for, as a text; while this changes, nothing is written. */
export function clusterAskOf({ spec }: Pick<GitSync, 'spec'>): string {
  return JSON.stringify([spec.serviceAccountName, spec.kubeConfig]);
}

/** The queue that `gitSync` is worked on in: empty for the controller's own cluster. */
export function laneOf(gitSync: GitSync | undefined): string {
  const reference = gitSync?.spec.kubeConfig?.secretRef;
  return reference === undefined ? '' : `${gitSync?.metadata.namespace ?? ''}/${reference.name}/${reference.key ?? ''}`;
}

/** The choice of `gitSync` at this moment. @throws RefusedError; KubeError when the controller's own cluster cannot be asked */
export async function chooseCluster(options: ChooseClusterOptions, gitSync: GitSync): Promise<ClusterChoice> {
  const account = chooseAccount(options, gitSync);
  try {
    const stored = await readTargetKubeconfig(options.client, gitSync);
    if (stored === null) {
      if (account !== null) await assertExists(options, account);
      return { key: keyOf('', account), connection: null, account };
    }
    const connection = await inlineConnection(stored.bytes, stored.where, () => options.now().getTime());
    const digest = `${gitSync.metadata.namespace ?? ''} ${hash('sha256', stored.bytes)}`;
    return { key: keyOf(digest, account), connection, account };
  } catch (error) {
    if (!isKubeError(error, 'KUBE_KUBECONFIG_MISSING', 'KUBE_KUBECONFIG_INVALID')) throw error;
    const message = withHint(describeError(error), error.hint);
    throw new RefusedError({ reason: 'KubeConfigInvalid', outlook: 'poll', message, failures: [] });
  }
}

function keyOf(cluster: string, account: ServiceAccountReference | null): string {
  return JSON.stringify([cluster, account === null ? null : accountUser(account)]);
}

/** With a kubeconfig the rights are those that somebody put into it, so that no default has to limit them. */
function chooseAccount(options: ChooseClusterOptions, { metadata, spec }: GitSync): ServiceAccountReference | null {
  const fallback = spec.kubeConfig === undefined ? options.defaultServiceAccount : undefined;
  const name = spec.serviceAccountName ?? fallback;
  if (name === undefined) return null;
  const account = { namespace: metadata.namespace ?? '', name };
  try {
    accountUser(account);
    return account;
  } catch (error) {
    if (!(error instanceof AccountError)) throw error;
    const message = `spec.serviceAccountName is not usable: ${error.message}`;
    throw new RefusedError({ reason: 'SpecInvalid', outlook: 'spec', message, failures: [] });
  }
}

/** The API server lets others act as an account that is gone, with whatever is still bound to its name. */
async function assertExists({ client }: ChooseClusterOptions, account: ServiceAccountReference): Promise<void> {
  if ((await client.get(SERVICE_ACCOUNTS, account, { metadataOnly: true })) !== null) return;
  const message = `service account ${account.namespace}/${account.name}, which acts for this GitSync, does not exist; nothing is applied, repaired or pruned`;
  throw new RefusedError({ reason: 'AccountNotFound', outlook: 'retry', message, failures: [] });
}
