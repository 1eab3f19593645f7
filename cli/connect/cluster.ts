/** @module A connection to the cluster that the user means. It is loaded only by verbs that need one. */
import type { KubeClient } from '../../shared/kube/client.ts';
import { createKubeClient } from '../../shared/kube/connect.ts';
import type { ClusterConnection } from '../../shared/kube/connection.ts';
import { loadKubeconfig } from '../../shared/kube/kubeconfig.ts';
import type { KubeconfigOverrides } from '../../shared/kube/kubeconfig-overrides.ts';
import type { Io } from '../terminal/io.ts';
import type { Session } from '../terminal/session.ts';

/** Which cluster; what is absent comes from kubectl's own rules. */
export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** What flags lay over the kubeconfig. */
  readonly overrides?: KubeconfigOverrides;
  /** Deadline of one request; default 40 s. */
  readonly requestTimeoutMs?: number;
  /** Default: the connection of the kubeconfig, by {@link loadConnection}. */
  readonly connect?: () => Promise<ClusterConnection>;
}

/** An open connection. */
export interface Cluster {
  readonly client: KubeClient;
  readonly connection: ClusterConnection;
  /** Namespace of the context; `default` when it names none. */
  readonly namespace: string;
  /** Address and origin, for messages. */
  readonly description: string;
}

/**
 * Runs `task` with a connection, which is closed when the task ends and when the user interrupts.
 * @throws KubeError, and what `task` throws.
 */
export async function withCluster<Result>(
  session: Session,
  choice: ClusterChoice,
  task: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  const connection = await (choice.connect ?? (() => loadConnection(session.io, choice)))();
  const { requestTimeoutMs } = choice;
  const client = createKubeClient(connection, {
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
    onWarning: (warning: string) => session.report.warn(`the API server says: ${warning}`),
  });
  const close = (): void => client.close();
  session.io.signal.addEventListener('abort', close, { once: true });
  try {
    return await task({ client, connection, namespace: connection.namespace, description: connection.describe() });
  } finally {
    session.io.signal.removeEventListener('abort', close);
    client.close();
  }
}

/** The connection of the chosen context; nothing is sent yet. @throws KubeError `KUBE_KUBECONFIG_*` */
export function loadConnection(io: Pick<Io, 'env' | 'cwd'>, choice: ClusterChoice): Promise<ClusterConnection> {
  return loadKubeconfig({
    env: io.env,
    cwd: io.cwd,
    ...(choice.kubeconfig === undefined ? {} : { path: choice.kubeconfig }),
    ...(choice.context === undefined ? {} : { context: choice.context }),
    ...(choice.overrides === undefined ? {} : { overrides: choice.overrides }),
  });
}
