/**
 * @module Runs the sealed-secrets controller against a control plane of the tests. It knows only the in-cluster way to
 * an API server, so it gets the files of a service account in a mount namespace of its own.
 */
import { request } from 'node:http';
import { type ApiAccess, callApi } from '../control-plane/api-request.ts';
import { awaitReady } from '../control-plane/await-ready.ts';
import { requestToken } from '../control-plane/control-plane.ts';
import { type MachineEnvironment, readEnvironment } from '../control-plane/environment.ts';
import { ControlPlaneError } from '../control-plane/errors.ts';
import { findFreePort } from '../control-plane/free-port.ts';
import { exposeLocalService } from '../control-plane/service-endpoint.ts';
import { type ManagedProcess, type Supervisor, startSupervisor } from '../control-plane/supervisor.ts';
import { runInCluster } from './in-cluster-process.ts';

/** How to run it. The SealedSecret CRD must be installed. */
export interface PeerControllerOptions {
  /** The control plane to work on. */
  readonly access: ApiAccess;
  /** Path of the program, from `findPeer('sealed-secrets-controller')`. */
  readonly binary: string;
  /** Namespace of its keys; made if there is none. */
  readonly namespace: string;
  /** More flags, such as `--kubeclient-qps=-1` (no client-side limit) or `--key-renew-period=0`. */
  readonly flags?: readonly string[];
  /** Loopback port of its HTTP server; default: a free one. */
  readonly listenPort?: number;
  /** Default: that of this process. */
  readonly environment?: MachineEnvironment;
}

/** A running sealed-secrets controller. */
export interface PeerController {
  /** Loopback port of its HTTP server, which Service `sealed-secrets-controller` of its namespace also reaches. */
  readonly port: number;
  readonly metricsPort: number;
  /** Pid of the program itself. */
  readonly pid: number;
  /** What it has logged so far. */
  log(): Promise<string>;
  /** Kills it; its objects in the cluster stay. May be called twice. */
  stop(): Promise<void>;
}

/** Name of its ServiceAccount and of its Service, as its own manifests have them. */
export const PEER_CONTROLLER_NAME = 'sealed-secrets-controller';

const ATTEMPTS = 5;

/** Starts it with a ServiceAccount of its own that is cluster-admin; resolves when it hands out its certificate. */
export async function startPeerController(options: PeerControllerOptions): Promise<PeerController> {
  const token = await makeAccount(options.access, options.namespace);
  for (let attempt = 1; ; attempt += 1) {
    const supervisor = await startSupervisor(options.environment ?? readEnvironment());
    try {
      return await startIn(supervisor, options, token);
    } catch (error) {
      await supervisor.end();
      const portTaken = error instanceof ControlPlaneError && error.code === 'CONTROL_PLANE_PORT_TAKEN';
      if (!portTaken || options.listenPort !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startIn(supervisor: Supervisor, options: PeerControllerOptions, token: string): Promise<PeerController> {
  const { access, namespace } = options;
  const port = options.listenPort ?? (await findFreePort());
  const metricsPort = await findFreePort();
  const listen = [`--listen-addr=127.0.0.1:${port}`, `--listen-metrics-addr=127.0.0.1:${metricsPort}`];
  const process = await runInCluster(supervisor, {
    name: PEER_CONTROLLER_NAME,
    access,
    namespace,
    token,
    words: [options.binary, ...listen, ...(options.flags ?? [])],
    environment: options.environment ?? readEnvironment(),
  });
  await awaitCertificate(process, port);
  await exposeLocalService(access, { namespace, service: PEER_CONTROLLER_NAME, port, servicePort: 8080 });
  const { pid } = process;
  return { port, metricsPort, pid, log: () => process.log(), stop: () => supervisor.end() };
}

/** A first start makes an RSA key, so this may take seconds. */
async function awaitCertificate(process: ManagedProcess, port: number): Promise<void> {
  await awaitReady(process, async () => ((await getStatus(port, '/v1/cert.pem')) === 200 ? true : undefined));
}

function getStatus(port: number, urlPath: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: urlPath, agent: false, timeout: 5_000 }, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode ?? 0);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer within 5 s')));
    outgoing.once('error', reject);
    outgoing.end();
  });
}

async function makeAccount(access: ApiAccess, namespace: string): Promise<string> {
  const make = (urlPath: string, body: object): Promise<unknown> =>
    callApi(access, { method: 'POST', path: urlPath, body, allowed: [409] });
  const metadata = { name: PEER_CONTROLLER_NAME };
  await make('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await make(`/api/v1/namespaces/${namespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
  await make('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${PEER_CONTROLLER_NAME}-${namespace}` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: PEER_CONTROLLER_NAME, namespace }],
  });
  return await requestToken(access, namespace, PEER_CONTROLLER_NAME);
}
