/**
 * @module The cluster that kubeseal's flags mean: kubeconfig and flags, else the Pod's own service account. Loaded only by what
 * needs a cluster or its kubeconfig.
 */
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { isKubeError } from '../../shared/kube/errors.ts';
import { inClusterConnection } from '../../shared/kube/in-cluster.ts';
import { type Cluster, loadConnection, withCluster } from '../connect/cluster.ts';
import type { Io } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';
import { flagError, KubesealError } from './errors.ts';
import type { ClusterFlags } from './kubeseal-flags.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
const DURATION = /^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/;
/** The longest that a timer can wait. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Runs `task` with a connection. @throws KubesealError `KUBESEAL_NO_CLUSTER`, `KUBESEAL_USAGE`; KubeError; and what `task` throws */
export async function withKubesealCluster<Result>(
  session: Session,
  flags: ClusterFlags,
  task: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  const requestTimeoutMs = timeoutOf(flags.requestTimeout);
  const connect = (): Promise<ClusterConnection> => connectionOf(session.io, flags);
  return withCluster(session, { connect, ...(requestTimeoutMs === null ? {} : { requestTimeoutMs }) }, task);
}

/** The namespace that the flags, the kubeconfig's context or the Pod say. @throws as {@link withKubesealCluster} */
export async function namespaceOf(io: Io, flags: ClusterFlags): Promise<string> {
  return flags.overrides.namespace || (await connectionOf(io, flags)).namespace;
}

async function connectionOf(io: Io, flags: ClusterFlags): Promise<ClusterConnection> {
  const { kubeconfig, context, overrides } = flags;
  const choice = {
    ...(kubeconfig === '' ? {} : { kubeconfig }),
    ...(context === '' ? {} : { context }),
  };
  try {
    return await loadConnection(io, { ...choice, overrides });
  } catch (error) {
    if (!isKubeError(error, 'KUBE_KUBECONFIG_MISSING')) throw error;
    if (kubeconfig !== '') throw noCluster(`stat ${kubeconfig}: no such file or directory`);
  }
  const pod = await inClusterConnection(io.env);
  if (pod !== null) return pod;
  const server = io.env['KUBERNETES_MASTER'] ?? '';
  if (server !== '') return loadConnection(io, { ...choice, overrides: { ...overrides, server } });
  throw noCluster(
    'invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable',
  );
}

/** Milliseconds of a number of seconds or of a duration of Go; null for 0, which leaves it to us. */
function timeoutOf(text: string): number | null {
  if (text === '') return null;
  if (!/^\d+$/.test(text) && !DURATION.test(text)) {
    throw flagError(
      `invalid value ${JSON.stringify(text)} for --request-timeout: expected seconds, or a duration such as 30s or 1m30s`,
    );
  }
  const parts = /^\d+$/.test(text) ? [['', text, 's']] : [...text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g)];
  const ms = parts.reduce((total, [, amount, unit]) => total + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0), 0);
  return ms === 0 ? null : Math.min(Math.max(1, Math.round(ms)), MAX_TIMEOUT_MS);
}

function noCluster(message: string): KubesealError {
  return new KubesealError('KUBESEAL_NO_CLUSTER', message);
}
